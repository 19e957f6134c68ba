/** Pictures as large as Discord takes them, and no larger. */
import type { Outbound } from '../../chat/outbound.ts';
import { DreamError } from '../../kit/errors.ts';
import { isTooLarge } from './failure.ts';
import { discordMessage } from './message.ts';
import type { DiscordMessage, Extras } from './message.ts';

/** Bytes of a request, its other parts taken off. */
const REQUEST_LIMIT = 25 * 2 ** 20 - 2 ** 16;
/** Bytes that everybody may send everywhere. */
export const USUAL_LIMIT = 10 * 2 ** 20;

const ATTEMPTS = 4;

/** Writes a message, with a smaller picture for as long as Discord finds it too large. */
export async function writeFitting<Result>(
  outbound: Outbound,
  { limit, ...extras }: Extras & { readonly limit: number },
  write: (message: DiscordMessage) => Promise<Result>,
): Promise<Result> {
  let bytes = Math.min(limit, REQUEST_LIMIT);
  checkDocument(outbound, bytes);
  for (let attempt = 1; ; attempt++) {
    const file = await outbound.picture?.fileWithin(bytes);
    try {
      return await write(discordMessage(outbound, file, extras));
    } catch (error) {
      if (!file || attempt === ATTEMPTS || !isTooLarge(error)) throw error;
      bytes = Math.floor(Math.min(bytes, file.bytes.length) / 2);
    }
  }
}

/** @throws DreamError where it is no use to try. */
function checkDocument({ picture, document }: Outbound, most: number): void {
  if (picture || !document || Buffer.byteLength(document.text) <= most) return;
  const message = `${document.name} is larger than the ${Math.floor(most / 2 ** 20)} MB that Discord takes here`;
  throw new DreamError('picture-too-large', message, 'Ask for a table (CSV): it is smaller.');
}

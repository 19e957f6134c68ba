/** POST /api/messages: a line as it was typed, or pictures, or both. */
import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import type { Handler, Person, Responder } from '../../chat/inbound.ts';
import { RecentEvents } from '../../chat/recent-events.ts';
import { problemMessage } from '../../chat/words.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Entry } from './conversation.ts';
import { takesFile } from './file-lines.ts';
import { pictureType } from './pictures.ts';
import { Refused } from './refusal.ts';
import { PLACE } from './room.ts';
import { FORM, readSent } from './sent.ts';
import type { Limit, Sent, SentFile } from './sent.ts';
import type { Served } from './served.ts';
import { commandsOnWire } from './snapshot.ts';
import { commandOf } from './typed.ts';
import type { Given } from './typed.ts';
import type { Accepted, WireMessage, WirePicture } from './wire.ts';

const INSUFFICIENT_STORAGE = 507;

export async function messageRoute(app: FastifyInstance, served: Served): Promise<void> {
  const { maxPicture, maxFile } = served;
  const most = Math.max(maxPicture, maxFile);
  const commands = commandsOnWire(served.commands);
  const limitOf: Limit = (line, place) =>
    place === 0 && takesFile(line, commands) ? maxFile : maxPicture;
  await app.register(multipart, { limits: { ...FORM, fileSize: most } });
  const bodyLimit = most + maxPicture + 2 ** 16;
  const recent = new RecentEvents();
  const coming = new Map<string, Promise<Accepted>>();
  app.post('/api/messages', { bodyLimit }, async (request, reply): Promise<Accepted> => {
    const handler = served.handler();
    const person = served.personOf(request);
    const sent = await readSent(request, limitOf);
    const { event } = sent;
    // Sent twice at once: one line, and one answer for both.
    const first = coming.get(event);
    if (first) return first;
    const known = served.conversation.find((entry) => entry.event === event);
    // Known and not recent: the bot went down before it came to what was asked.
    if (recent.seen(event) && known) return { message: known.message.id, understood: true };
    void reply.code(202);
    const accepted = accept(served, { handler, person, sent, known });
    coming.set(event, accepted);
    return accepted.finally(() => coming.delete(event));
  });
}

interface Coming {
  readonly handler: Handler;
  readonly person: Person;
  readonly sent: Sent;
  /** The line, where it is kept already. */
  readonly known: Entry | undefined;
}

async function accept(served: Served, { handler, person, sent, known }: Coming): Promise<Accepted> {
  const { message, files } = known ? asKept(known, sent) : await keep(served, person, sent);
  const address = served.room.addressFor(person, message);
  const { responder, refused } = listening(served.room.responder(address, person));
  try {
    const asked = commandOf(sent.text, files, served.commands);
    const event = { id: sent.event, person, place: PLACE, address, responder };
    await handler.handle({ kind: 'command', ...event, ...asked });
    // Where nothing was said beside the command, there is nothing to correct.
    const correctable = Object.keys(asked.values).length > 0;
    return { message, understood: !(refused() && correctable) };
  } catch (error) {
    if (!(error instanceof DreamError)) throw error;
    await responder.reply(problemMessage(error), { private: true });
    return { message, understood: false };
  }
}

/** The same responder; and whether it has been used for a refusal. */
function listening(responder: Responder): { responder: Responder; refused: () => boolean } {
  let refused = false;
  const reply: Responder['reply'] = (outbound, options) => {
    refused = outbound.tone === 'problem';
    return responder.reply(outbound, options);
  };
  return { responder: { ...responder, reply }, refused: () => refused };
}

interface Kept {
  /** Its id. */
  readonly message: string;
  readonly files: readonly Given[];
}

/** What somebody said, and the files in it, are on the disk when this is done. */
async function keep(
  { space, conversation }: Served,
  { id: author, name }: Person,
  { event, text, files }: Sent,
): Promise<Kept> {
  const id = conversation.newId();
  const sent = files.map(({ bytes }) => bytes);
  const uploads = sent.length === 0 ? [] : await space.keepSent(sent);
  if (uploads === null) throw noRoom();
  const message = {
    id,
    author: { id: author, name },
    text,
    at: Date.now(),
    private: false,
    ...shownOf(files, uploads),
  };
  const entry = { message, audience: null, event };
  await conversation.put(uploads.length === 0 ? entry : { ...entry, uploads });
  return { message: id, files: givenOf(files, uploads) };
}

function noRoom(): Refused {
  const hint = 'Try it again when what is under way is done, or send a smaller one.';
  return new Refused(INSUFFICIENT_STORAGE, 'There is no room for this file now.', hint);
}

/** What `keep` has kept before. */
function asKept({ message: { id }, uploads = [] }: Entry, { files }: Sent): Kept {
  return { message: id, files: givenOf(files, uploads) };
}

function givenOf(files: readonly SentFile[], uploads: readonly string[]): Given[] {
  return uploads.flatMap((reference, index) => {
    const file = files[index];
    if (!file) return [];
    const { option, name, bytes } = file;
    return [{ option, file: { name, size: bytes.length, reference } }];
  });
}

/** What the page shows of files: themselves where they are pictures, else their names. */
function shownOf(
  files: readonly SentFile[],
  uploads: readonly string[],
): Pick<WireMessage, 'picture' | 'beside' | 'file'> {
  const shown = files.map(({ name, bytes }, index): WirePicture | string =>
    pictureType(bytes) === undefined
      ? name
      : {
          ...{ source: `/uploads/${uploads[index]!}`, name, alt: name },
          ...{ spoiler: false, preview: false },
        },
  );
  const [picture, beside] = shown.filter((each) => typeof each !== 'string');
  const names = shown.filter((each) => typeof each === 'string');
  return {
    ...(picture ? { picture } : {}),
    ...(beside ? { beside } : {}),
    ...(names.length > 0 ? { file: names.join(', ') } : {}),
  };
}

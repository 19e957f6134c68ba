/**
 * Final answers. The picture is a file in the thread, with its alt text; the text and the buttons
 * stand in the message above it, which showed the progress before. Files can have no buttons.
 */
import type { webApi } from '@slack/bolt';
import type { Outbound } from '../../chat/outbound.ts';
import type { Delivery, Sending } from '../../chat/platform.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import type { ShownFile, SlackMessage } from './blocks.ts';
import { isFinal, isGone, patiently, reasonOf } from './failures.ts';
import { toMrkdwn } from './markup.ts';
import { edit, post } from './speech.ts';
import { canBeShown, findUpload, upload } from './upload.ts';

/** Nobody asked for an announcement, and nobody is mentioned in it. */
type Sent = Sending & Partial<Pick<Delivery, 'person'>>;

export interface Delivering {
  readonly client: webApi.WebClient;
  /** The bot's user. */
  readonly bot: string;
  /** By key, the messages of answers that are not through: a repetition edits them. */
  readonly posted: Map<string, string>;
}

export async function deliver(
  delivering: Delivering,
  address: SlackAddress,
  outbound: Outbound,
  delivery: Sent,
): Promise<void> {
  const { posted } = delivering;
  const at = { ...address, message: address.message ?? posted.get(delivery.key) ?? null };
  try {
    if (outbound.picture) await deliverPicture(delivering, at, outbound, delivery);
    else await putMessage(delivering.client, at, outbound);
    posted.delete(delivery.key);
  } catch (error) {
    if (!isFinal(error)) throw error;
    posted.delete(delivery.key);
    throw new Undeliverable(`Slack says ${reasonOf(error) ?? ''}`, { cause: error });
  }
}

/**
 * First a message to hang the picture under, then the picture, then the buttons beside it: at
 * whatever point this breaks off, it can begin again.
 */
async function deliverPicture(
  { client, bot, posted }: Delivering,
  address: SlackAddress,
  outbound: Outbound,
  { key, again, person }: Sent,
): Promise<void> {
  const { channel, thread } = address;
  const picture = outbound.picture!;
  const search = { bot, key, since: address.message ?? thread };
  const earlier = again ? await patiently(() => findUpload(client, search)) : null;
  // Where no message was known, the one that says it all came before the picture.
  if (earlier && address.message === null) return;
  const message =
    address.message ?? (await patiently(() => post(client, address, messageOf(outbound))));
  posted.set(key, message);
  const title = toMrkdwn(outbound.text.split('\n')[0] ?? '');
  const labels = { key, comment: person === undefined ? title : `<@${person}> ${title}` };
  const spot = { channel, thread: thread ?? message };
  const { id } = earlier ?? (await patiently(() => upload(client, spot, picture, labels)));
  // In the channel itself the message shows the picture too; in a thread that would be twice.
  const shows = !picture.spoiler && thread === null && (await canBeShown(client, id));
  const image = shows ? { id, alt: picture.alt } : undefined;
  await putMessage(client, { ...address, message }, outbound, image);
}

async function putMessage(
  client: webApi.WebClient,
  address: SlackAddress,
  outbound: Outbound,
  image?: ShownFile,
): Promise<void> {
  const { channel, message: ts, person } = address;
  const said = person === '' ? messageOf(outbound) : mentioning(outbound, person);
  const anew = (): Promise<string> => patiently(() => post(client, address, said));
  if (ts === null) {
    await anew();
    return;
  }
  try {
    await patiently(() => edit(client, { channel, ts }, messageOf(outbound, image)));
  } catch (error) {
    // Slack may not show a file that it has just taken; the thread has it all the same.
    if (image && reasonOf(error) === 'invalid_blocks') {
      await putMessage(client, address, outbound);
    } else if (isGone(error)) await anew();
    else throw error;
  }
}

function mentioning(outbound: Outbound, person: string): SlackMessage {
  const { text, blocks } = messageOf(outbound);
  const mention = `<@${person}>`;
  const first = { type: 'section', text: { type: 'mrkdwn', text: mention } } as const;
  return { text: `${mention} ${text}`, blocks: [first, ...blocks] };
}

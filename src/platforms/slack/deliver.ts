/**
 * Final answers. The picture is a file in the thread, with its alt text; the text and the buttons
 * stand in the message above it, which showed the progress before. Files can have no buttons.
 */
import type { webApi } from '@slack/bolt';
import type { Outbound } from '../../chat/outbound.ts';
import type { Delivery, Sending } from '../../chat/platform.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { Logger } from '../../kit/log.ts';
import { isDirect } from './address.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import type { ShownFile, SlackMessage } from './blocks.ts';
import { isClosed, isFinal, isGone, isUnreachable, patiently, reasonOf } from './failures.ts';
import { toMrkdwn } from './markup.ts';
import { directChannel, edit, post } from './speech.ts';
import type { Standing } from './speech.ts';
import { canBeShown, findUpload, upload } from './upload.ts';

/** Nobody asked for an announcement, and nobody is mentioned in it. */
type Sent = Sending & Partial<Pick<Delivery, 'person'>>;

export interface Delivering {
  readonly client: webApi.WebClient;
  readonly log: Logger;
  /** The bot's user. */
  readonly bot: string;
  /** By key and channel, the messages of answers that are not through: a repetition edits them. */
  readonly posted: Map<string, Standing>;
}

/** Where an answer goes. */
interface Target extends Pick<SlackAddress, 'channel' | 'thread' | 'message'> {
  /** In mrkdwn: what a new message begins with. */
  readonly lead: string | null;
  /** The channel that it is about, where that is another. */
  readonly about?: string;
}

/** @throws Undeliverable where neither the channel nor, for an answer, its person can be reached. */
export async function deliver(
  delivering: Delivering,
  { channel, thread, message }: SlackAddress,
  outbound: Outbound,
  delivery: Sent,
): Promise<void> {
  const { person } = delivery;
  const lead = person === undefined ? null : `<@${person}>`;
  try {
    await bring(delivering, { channel, thread, message, lead }, outbound, delivery);
  } catch (error) {
    if (!isFinal(error)) throw error;
    if (!isClosed(error) || person === undefined) throw undeliverable(error);
    delivering.log.info(
      { reason: reasonOf(error) },
      'the channel is closed to the bot: the answer goes to the person',
    );
    await deliverDirectly(delivering, channel, outbound, { ...delivery, person });
  }
}

/** To the person alone, saying which channel it is about. */
async function deliverDirectly(
  delivering: Delivering,
  about: string,
  outbound: Outbound,
  delivery: Sent & Pick<Delivery, 'person'>,
): Promise<void> {
  const { client } = delivering;
  try {
    const channel = await patiently(() => directChannel(client, delivery.person));
    // Conversations of other people have no name that could be shown.
    const lead = isDirect(about) ? null : `<#${about}>`;
    const target = { channel, thread: null, message: null, lead, about };
    await bring(delivering, target, outbound, delivery);
  } catch (error) {
    if (isFinal(error) || isUnreachable(error)) throw undeliverable(error);
    throw error;
  }
}

function undeliverable(error: unknown): Undeliverable {
  return new Undeliverable(`Slack says ${reasonOf(error) ?? ''}`, { cause: error });
}

async function bring(
  delivering: Delivering,
  target: Target,
  outbound: Outbound,
  delivery: Sent,
): Promise<void> {
  const { posted } = delivering;
  const key = `${delivery.key} ${target.channel}`;
  const at = target.message === null ? { ...target, ...posted.get(key) } : target;
  const onPosted = (standing: Standing): void => void posted.set(key, standing);
  try {
    if (outbound.picture) await bringPicture({ ...delivering, onPosted }, at, outbound, delivery);
    else await putMessage(delivering.client, at, outbound);
    posted.delete(key);
  } catch (error) {
    if (isFinal(error)) posted.delete(key);
    throw error;
  }
}

interface Bringing extends Pick<Delivering, 'client' | 'bot'> {
  readonly onPosted: (standing: Standing) => void;
}

/**
 * First a message to hang the picture under, then the picture, then the buttons beside it: at
 * whatever point this breaks off, it can begin again.
 */
async function bringPicture(
  { client, bot, onPosted }: Bringing,
  target: Target,
  outbound: Outbound,
  { key, again }: Sent,
): Promise<void> {
  const { channel, lead, about } = target;
  const picture = outbound.picture!;
  const search = { bot, key, since: target.message ?? target.thread };
  const earlier = again ? await patiently(() => findUpload(client, search)) : null;
  // Where no message was known, the one that says it all came before the picture.
  if (earlier && target.message === null) return;
  const said = messageOf(outbound, undefined, about);
  const standing =
    target.message === null
      ? await patiently(() => post(client, target, said))
      : { message: target.message, thread: target.thread };
  onPosted(standing);
  const { message, thread } = standing;
  const title = toMrkdwn(outbound.text.split('\n')[0] ?? '');
  const labels = { key, comment: lead === null ? title : `${lead} ${title}` };
  const spot = { channel, thread: thread ?? message };
  const { id } = earlier ?? (await patiently(() => upload(client, spot, picture, labels)));
  // In the channel itself the message shows the picture too; in a thread that would be twice.
  const shows = !picture.spoiler && thread === null && (await canBeShown(client, id));
  const image = shows ? { id, alt: picture.alt } : undefined;
  await putMessage(client, { ...target, message }, outbound, image);
}

async function putMessage(
  client: webApi.WebClient,
  target: Target,
  outbound: Outbound,
  image?: ShownFile,
): Promise<void> {
  const { channel, message: ts, lead, about } = target;
  const said = messageOf(outbound, undefined, about);
  const anew = (): Promise<Standing> =>
    patiently(() => post(client, target, lead === null ? said : led(said, lead)));
  if (ts === null) {
    await anew();
    return;
  }
  try {
    await patiently(() => edit(client, { channel, ts }, messageOf(outbound, image, about)));
  } catch (error) {
    // Slack may not show a file that it has just taken; the thread has it all the same.
    if (image && reasonOf(error) === 'invalid_blocks') {
      await putMessage(client, target, outbound);
    } else if (isGone(error)) await anew();
    else throw error;
  }
}

function led({ text, blocks }: SlackMessage, lead: string): SlackMessage {
  const first = { type: 'section', text: { type: 'mrkdwn', text: lead } } as const;
  return { text: `${lead} ${text}`, blocks: [first, ...blocks] };
}

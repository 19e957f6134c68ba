/** First answers to events. Slack itself has been answered by then: it waits for 3 s only. */
import type { webApi } from '@slack/bolt';
import type { Responder } from '../../chat/inbound.ts';
import type { Outbound } from '../../chat/outbound.ts';
import type { Logger } from '../../kit/log.ts';
import type { SlackAddress } from './address.ts';
import { messageOf } from './blocks.ts';
import type { SlackMessage } from './blocks.ts';
import { isDirect } from './address.ts';
import { isOutside, isUnheard, patiently } from './failures.ts';
import { toMrkdwn } from './markup.ts';
import { directChannel, post, respond, whisper } from './speech.ts';
import { upload } from './upload.ts';

export interface Answering {
  readonly client: webApi.WebClient;
  readonly log: Logger;
  readonly address: SlackAddress;
  /** The channel that it is about: another one where the answer comes by direct message. */
  readonly about: string;
  /** The thread that the person was in; null in the channel itself. */
  readonly within: string | null;
  /** Of the event; null where it has none. */
  readonly responseUrl: string | null;
  /** `/invite @name` brings it into a channel. */
  readonly botName: string;
}

export function responderFor(answering: Answering): Responder {
  return {
    prepare: () => Promise.resolve(),
    async acknowledge() {
      const { client, address } = answering;
      const working = messageOf({ text: 'Starting …' });
      try {
        return { ...address, ...(await patiently(() => post(client, address, working))) };
      } catch (error) {
        if (isOutside(error)) await tellToInvite(answering);
        throw error;
      }
    },
    reply: (outbound, { private: alone = false } = {}) =>
      outbound.picture || outbound.document
        ? replyWithFile(answering, outbound, alone)
        : say(answering, messageOf(outbound, undefined, elsewhere(answering, alone)), alone),
    dismiss: () => Promise.resolve(),
  };
}

/**
 * What only the person may see stands where they are: in a thread that has no replies yet, Slack
 * would not show it at all.
 */
async function say(answering: Answering, message: SlackMessage, alone: boolean): Promise<void> {
  const { client, address, within, responseUrl } = answering;
  const spot = isDirect(address.channel) ? address : { ...address, thread: within };
  try {
    await patiently<unknown>(() =>
      alone ? whisper(client, spot, message) : post(client, address, message),
    );
  } catch (error) {
    if (!isUnheard(error) || responseUrl === null) throw error;
    await respond(responseUrl, message, { visibly: !alone });
  }
}

/** What only the person may see comes by direct message: nothing else private can have files. */
async function replyWithFile(
  answering: Answering,
  outbound: Outbound,
  alone: boolean,
): Promise<void> {
  const { client, address, about } = answering;
  const spot = alone
    ? {
        channel: await patiently(() => directChannel(client, address.person)),
        thread: null,
      }
    : address;
  const from = spot.channel === about ? undefined : about;
  const said = messageOf(outbound, undefined, from);
  const { message, thread } = await patiently(() => post(client, spot, said));
  const at = { channel: spot.channel, thread: thread ?? message };
  const comment = toMrkdwn(outbound.text.split('\n')[0] ?? '');
  const file = outbound.picture ?? outbound.document!;
  await patiently(() => upload(client, at, file, { key: 'reply', comment }));
  if (spot.channel !== address.channel) await tellWhere(answering);
}

/** Whoever presses a button in a channel would see nothing happen. */
async function tellWhere(answering: Answering): Promise<void> {
  const { botName, log } = answering;
  const text = `I sent you that as a direct message: look for **${botName}** under Apps.`;
  try {
    await say(answering, messageOf({ text }), true);
  } catch (error) {
    log.warn({ err: error }, 'could not say where an answer is');
  }
}

/** What the buttons of an answer are about, where it stands elsewhere. */
function elsewhere({ address, about, within }: Answering, alone: boolean): string | undefined {
  const { channel, thread } = address;
  if (channel !== about) return about;
  const isBeside = alone && !isDirect(channel) && thread !== null && thread !== within;
  return isBeside ? `${about}@${thread}` : undefined;
}

async function tellToInvite(answering: Answering): Promise<void> {
  const { responseUrl, botName, log } = answering;
  if (responseUrl === null) return;
  const text = 'I cannot write in this channel: the answer comes to you as a direct message.';
  // Nobody can be invited into a conversation of two.
  const how = isDirect(answering.address.channel)
    ? ''
    : `\nTo have the next one here, type \`/invite @${botName}\`.`;
  try {
    await respond(responseUrl, messageOf({ text: `${text}${how}`, tone: 'problem' }), {
      visibly: false,
    });
  } catch (error) {
    log.warn({ err: error }, 'could not ask for an invitation');
  }
}

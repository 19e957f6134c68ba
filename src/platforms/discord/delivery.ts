/** Messages that are shown and delivered later: also after a restart, also without a token. */
import { createHash } from 'node:crypto';
import type { APIMessage } from 'discord.js';
import type { Outbound } from '../../chat/outbound.ts';
import { Undeliverable } from '../../chat/platform.ts';
import type { Delivery } from '../../chat/platform.ts';
import type { Logger } from '../../kit/log.ts';
import { tokenLives } from './address.ts';
import type { DiscordAddress } from './address.ts';
import { isGone, isReplyForbidden, isShutOut } from './failure.ts';
import { USUAL_LIMIT, writeFitting } from './fitting.ts';
import { bareMessage, carries } from './message.ts';
import type { Wire } from './wire.ts';

export interface DeliveryParts {
  readonly wire: Wire;
  readonly log: Logger;
  /** The bot's own id as a user; undefined before it is connected. */
  readonly self: () => string | undefined;
}

const NONCE_LENGTH = 25;

/** @returns the address from now on. */
export async function show(
  address: DiscordAddress,
  outbound: Outbound,
  { wire }: DeliveryParts,
): Promise<DiscordAddress> {
  const moved = await editByToken(address, outbound, wire);
  if (moved !== null) return moved;
  const { channel, message } = address;
  if (message !== null && !address.private) {
    const limit = botLimit(address);
    await writeFitting(outbound, { limit }, (edited) => wire.edit(channel, message, edited));
  }
  return { ...address, issued: 0 };
}

/** @throws Undeliverable */
export async function deliver(
  address: DiscordAddress,
  outbound: Outbound,
  delivery: Delivery,
  parts: DeliveryParts,
): Promise<void> {
  const { wire, log } = parts;
  if ((await editByToken(address, outbound, wire, delivery.key)) !== null) return;
  if (delivery.again && (await isThere(address, delivery.key, parts))) return;
  if (address.private) {
    await deliverDirectly(address, outbound, delivery, parts);
    return;
  }
  let posted: APIMessage;
  try {
    posted = await post(address, outbound, delivery, wire);
  } catch (error) {
    if (!isShutOut(error)) throw error;
    log.info(
      { code: error.code },
      'the channel is closed to the bot: the answer goes to the person',
    );
    await deliverDirectly(address, outbound, delivery, parts);
    return;
  }
  await pointTo(posted, address, parts);
}

/** @returns where it stands; null where it cannot be reached that way. */
async function editByToken(
  address: DiscordAddress,
  outbound: Outbound,
  wire: Wire,
  key?: string,
): Promise<DiscordAddress | null> {
  if (!tokenLives(address)) return null;
  const extras = { limit: address.limit, ...(key === undefined ? {} : { key }) };
  try {
    const { id } = await writeFitting(outbound, extras, (edited) =>
      wire.editAnswer(address, edited),
    );
    return { ...address, message: id };
  } catch (error) {
    if (isGone(error) || isShutOut(error)) return null;
    throw error;
  }
}

/** As a reply, where the bot may read what it replies to. */
async function post(
  address: DiscordAddress,
  outbound: Outbound,
  { key, person }: Delivery,
  wire: Wire,
): Promise<APIMessage> {
  const { channel, message } = address;
  const extras = { limit: botLimit(address), key, lead: `<@${person}>`, mention: person };
  const send = (replyTo: string | null): Promise<APIMessage> =>
    writeFitting(outbound, extras, (answer) =>
      wire.post(channel, answer, { nonce: nonceOf(key), replyTo }),
    );
  try {
    return await send(message);
  } catch (error) {
    if (!isReplyForbidden(error)) throw error;
    return await send(null);
  }
}

/** To the person alone, saying which channel it is about. */
async function deliverDirectly(
  address: DiscordAddress,
  outbound: Outbound,
  { key, person, again }: Delivery,
  parts: DeliveryParts,
): Promise<void> {
  const { wire } = parts;
  const extras = { limit: botLimit(address), key, lead: `<#${address.channel}>` };
  try {
    const channel = await wire.directChannel(person);
    if (again && (await isThere({ channel, message: null }, key, parts))) return;
    await writeFitting(outbound, extras, (answer) =>
      wire.post(channel, answer, { nonce: nonceOf(key) }),
    );
  } catch (error) {
    if (!isShutOut(error)) throw error;
    throw new Undeliverable(
      `neither the channel nor the person can be written to: ${error.message}`,
    );
  }
}

/** Whether an earlier attempt got through: by the token then, or as a message of its own. */
export async function isThere(
  { channel, message }: Pick<DiscordAddress, 'channel' | 'message'>,
  key: string,
  { wire, log, self }: DeliveryParts,
): Promise<boolean> {
  try {
    const recent = await wire.recentMessages(channel);
    const own = recent.filter(({ author }) => author.id === self());
    if (own.some((candidate) => carries(candidate, key))) return true;
    return message !== null && carries(await wire.message(channel, message), key);
  } catch (error) {
    if (!isShutOut(error) && !isGone(error)) throw error;
    // Without leave to read, the nonce alone keeps it from being sent twice.
    log.debug({ code: error.code }, 'earlier messages cannot be read');
    return false;
  }
}

/** The message of the beginning says where the answer is; its buttons have had their time. */
async function pointTo(
  answer: APIMessage,
  address: DiscordAddress,
  { wire, log }: DeliveryParts,
): Promise<void> {
  const { channel, message, server } = address;
  if (message === null) return;
  const link = `https://discord.com/channels/${server ?? '@me'}/${channel}/${answer.id}`;
  try {
    await wire.edit(channel, message, bareMessage(link));
  } catch (error) {
    log.debug({ err: error }, 'the first message was left as it was');
  }
}

/** As the bot itself: the person's own larger limit does not count. */
function botLimit({ limit }: DiscordAddress): number {
  return Math.min(limit, USUAL_LIMIT);
}

/** At most 25 characters. */
export function nonceOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, NONCE_LENGTH);
}

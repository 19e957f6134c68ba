/** Where an answer stands, or will stand. */
import * as z from 'zod';
import type { Inbound } from '../../chat/inbound.ts';

export type Address = Inbound['address'];
export type Place = Inbound['place'];

const schema = z.object({
  team: z.string(),
  channel: z.string(),
  /** The `ts` of the message that the answer is a reply to; null for the channel itself. */
  thread: z.string().nullable(),
  /** The `ts` of the answer; null until it is posted. */
  message: z.string().nullable(),
  person: z.string(),
});

export type SlackAddress = Readonly<z.infer<typeof schema>>;

export function readAddress(address: Address): SlackAddress {
  return schema.parse(address);
}

/** The thread that a message is a reply in; null of one in the channel itself. */
export function replyIn(thread: string | null | undefined, ts: string): string | null {
  // The first message of a thread names itself.
  return thread == null || thread === ts ? null : thread;
}

/** A conversation of two. */
export function isDirect(channel: string): boolean {
  return channel.startsWith('D');
}

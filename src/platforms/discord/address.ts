/** Where an answer stands, or will stand: all that is needed to reach it after a restart. */
import * as z from 'zod';
import type { Inbound } from '../../chat/inbound.ts';

/** Milliseconds. A token lives for 15 minutes; the rest is for the way. */
const TOKEN_LIFE = 14.5 * 60_000;

const schema = z.object({
  application: z.string(),
  /** Of the interaction; while it lives, answers need no permission in the channel. */
  token: z.string(),
  /** When the token came, in milliseconds since 1970; 0 where Discord does not take it. */
  issued: z.number(),
  channel: z.string(),
  /** A conversation of two has none. */
  server: z.string().nullable(),
  /** The message that stands there; null until Discord has told. */
  message: z.string().nullable(),
  person: z.string(),
  /** Only the person sees the message. */
  private: z.boolean(),
  /** Bytes that a file may have. */
  limit: z.number(),
});

export type DiscordAddress = Readonly<z.infer<typeof schema>>;

export function readAddress(address: Inbound['address']): DiscordAddress {
  return schema.parse(address);
}

export function tokenLives({ issued }: DiscordAddress): boolean {
  return Date.now() - issued < TOKEN_LIFE;
}

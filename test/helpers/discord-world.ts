/** What the stand-in for Discord knows: people, channels, messages, interactions. */
import type { APIAttachment, APIMessage, APIUser } from 'discord.js';
import type { Who } from './platform-harness.ts';

export const APPLICATION = '1100000000000000001';
export const BOT = '1100000000000000002';
export const TOKEN = `${Buffer.from(BOT).toString('base64')}.stand-in.secret-of-the-bot`;
export const GUILD = '1100000000000000010';
export const CHANNEL = '1100000000000000011';
/** Open in the channel when the bot connects. */
export const THREAD = '1100000000000000012';

const DISCORD_EPOCH = 1_420_070_400_000n;
let serial = 0n;

const NO_FLAGS: object = { public_flags: 0, flags: 0 };

/** Ids tell their time, and sort by it. */
export function snowflake(): string {
  serial = (serial + 1n) & 0x3fffffn;
  return (((BigInt(Date.now()) - DISCORD_EPOCH) << 22n) | serial).toString();
}

/** One of many who share the channel: `guest-17`. */
export type Guest = `guest-${number}`;

function namesOf(who: Who | Guest | 'bot'): readonly [string, string, string | null] {
  if (who.startsWith('guest-')) return [`12${who.slice(6).padStart(17, '0')}`, who, null];
  return NAMES[who as Who | 'bot'];
}

const NAMES = {
  ann: ['1100000000000000101', 'ann_1990', 'Ann'],
  bob: ['1100000000000000102', 'bob', null],
  bot: [BOT, 'dreamer', null],
} as const;

export function userOf(who: Who | Guest | 'bot'): APIUser {
  const [id, username, name] = namesOf(who);
  return {
    id,
    username,
    global_name: name,
    discriminator: '0',
    avatar: null,
    bot: who === 'bot',
    primary_guild: null,
    ...NO_FLAGS,
  };
}

/** A message, and what Discord remembers about it besides. */
export interface Kept {
  readonly message: APIMessage;
  /** Who alone sees it. */
  readonly only?: string;
  readonly nonce?: string | number;
  /** The people whom it alerted when it was new. */
  readonly alerted: readonly string[];
  /** By their URL. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface Asked {
  readonly id: string;
  readonly token: string;
  readonly who: Who | Guest;
  readonly channel: string;
  readonly sentAt: number;
  readonly limit: number;
  /** Discord makes every answer private: an app of a member where the server keeps those quiet. */
  readonly quiet: boolean;
  /** The message that a button stands under. */
  readonly under?: string;
  /** What came back. */
  answer?: { readonly type: number; readonly data: unknown };
  /** The id of the message that answers it. */
  original?: string;
  expired: boolean;
}

export interface Upload {
  readonly name: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export class World {
  readonly messages = new Map<string, Kept>();
  readonly interactions = new Map<string, Asked>();
  readonly files = new Map<string, Upload>();
  /** By server, or 'everywhere'. */
  readonly commands = new Map<string, unknown>();
  /** Channels, people and roles that are out of the bot's reach, with the code of the reason. */
  readonly closed = new Map<string, number>();
  /** Threads that sleep: nothing in them can be edited, and a new message wakes them. */
  readonly archived = new Set<string>();
  /** Roles that the bot has given. */
  readonly granted: { readonly person: string; readonly role: string }[] = [];
  /** Of conversations of two, by person. */
  readonly directChannels = new Map<string, string>();
  /** What the bot sent that Discord's own description does not allow. */
  readonly violations: string[] = [];
  readonly #waiting = new Set<() => void>();

  inChannel(channel: string): Kept[] {
    return [...this.messages.values()].filter(({ message }) => message.channel_id === channel);
  }

  /** Where a file lies from now on. */
  keepFile(origin: string, channel: string, upload: Upload): APIAttachment & { url: string } {
    const id = snowflake();
    const path = `/cdn/attachments/${channel}/${id}/${encodeURIComponent(upload.name)}`;
    this.files.set(path, upload);
    const url = `${origin}${path}?ex=68000000&is=67000000&hm=abcdef&`;
    return {
      id,
      filename: upload.name,
      size: upload.bytes.length,
      url,
      proxy_url: url,
      content_type: upload.contentType,
    };
  }

  fileAt(url: string): Upload | undefined {
    return this.files.get(new URL(url, 'http://cdn').pathname);
  }

  changed(): void {
    for (const look of this.#waiting) look();
  }

  nextChange(): Promise<void> {
    let looks = 0;
    return this.until(() => (looks++ > 0 ? true : undefined)).then(() => undefined);
  }

  /** The first value that is not undefined, looked for now and at every change. */
  until<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }
}

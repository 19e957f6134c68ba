/** How the stand-in keeps messages: as Discord gives them back. */
import { ComponentType, MessageFlags, MessageReferenceType, MessageType } from 'discord.js';
import type { APIMessage, APIMessageTopLevelComponent } from 'discord.js';
import type { MessageJson } from './discord-rules.ts';
import { APPLICATION, snowflake, userOf } from './discord-world.ts';
import type { Asked, Kept, Upload, World } from './discord-world.ts';

const { IsComponentsV2: V2, Ephemeral: EPHEMERAL, Loading: LOADING } = MessageFlags;

/** The part of a message that its sender writes. */
export interface Written extends MessageJson {
  readonly allowed_mentions?: { readonly parse?: readonly string[]; readonly users?: string[] };
  readonly message_reference?: { readonly message_id: string };
  readonly nonce?: string | number;
  readonly enforce_nonce?: boolean;
}

export interface Origin {
  readonly world: World;
  /** Of the CDN. */
  readonly origin: string;
  readonly channel: string;
}

/** The answer that is still to come: "the bot is thinking". */
export function keepThinking(at: Origin, asked: Asked, ephemeral: boolean): Kept {
  const flags = bits(LOADING, ephemeral ? EPHEMERAL : 0);
  const message = {
    ...blank(at.channel),
    flags,
    type: MessageType.ChatInputCommand,
    webhook_id: APPLICATION,
  } as APIMessage;
  return keep(at.world, {
    message,
    alerted: [],
    files: new Map(),
    ...(ephemeral ? { only: userOf(asked.who).id } : {}),
  });
}

export function keepNew(
  at: Origin,
  written: Written,
  uploads: readonly Upload[],
  {
    only,
    type = MessageType.Default,
  }: { readonly only?: string; readonly type?: MessageType } = {},
): Kept {
  const base = { ...blank(at.channel), type } as APIMessage;
  const kept = filled(at, { message: base, alerted: [], files: new Map() }, written, uploads);
  const { message_reference: reference, nonce } = written;
  return keep(at.world, {
    ...kept,
    message: {
      ...kept.message,
      flags: bits(kept.message.flags, only === undefined ? 0 : EPHEMERAL),
      ...(reference
        ? {
            message_reference: {
              ...reference,
              type: MessageReferenceType.Default,
              channel_id: at.channel,
            },
          }
        : {}),
    },
    // Only what is new alerts anybody.
    alerted: alertedBy(written),
    ...(only === undefined ? {} : { only }),
    ...(nonce === undefined ? {} : { nonce }),
  });
}

export function keepEdited(
  at: Origin,
  before: Kept,
  written: Written,
  uploads: readonly Upload[],
): Kept {
  const kept = filled(at, before, written, uploads);
  const edited = { ...kept.message, edited_timestamp: new Date().toISOString() };
  return keep(at.world, { ...kept, message: edited });
}

export function isV2({ message }: Kept): boolean {
  return ((message.flags ?? 0) & V2) !== 0;
}

function bits(one: number | undefined, other: number): MessageFlags {
  const both: unknown = (one ?? 0) | other;
  return both as MessageFlags;
}

function keep(world: World, kept: Kept): Kept {
  world.messages.set(kept.message.id, kept);
  world.changed();
  return kept;
}

function blank(channel: string): Partial<APIMessage> {
  return {
    id: snowflake(),
    channel_id: channel,
    author: userOf('bot'),
    content: '',
    timestamp: new Date().toISOString(),
    edited_timestamp: null,
    tts: false,
    mention_everyone: false,
    mentions: [],
    mention_roles: [],
    attachments: [],
    embeds: [],
    pinned: false,
    components: [],
  };
}

function filled(at: Origin, before: Kept, written: Written, uploads: readonly Upload[]): Kept {
  const files = new Map<string, Uint8Array>();
  const attachments = uploads.map((upload) => {
    const attachment = at.world.keepFile(at.origin, at.channel, upload);
    files.set(attachment.url, upload.bytes);
    return attachment;
  });
  const shown = JSON.stringify(written.components ?? before.message.components ?? []);
  const components = JSON.parse(shown, (key, value: unknown) => {
    if (key !== 'media') return value;
    const { url } = value as { url: string };
    const found = attachments.find(({ filename }) => url === `attachment://${filename}`);
    return found
      ? {
          id: snowflake(),
          url: found.url,
          proxy_url: found.url,
          width: 64,
          height: 64,
          content_type: found.content_type,
          attachment_id: found.id,
        }
      : value;
  }) as APIMessageTopLevelComponent[];
  const flags = bits((before.message.flags ?? 0) & ~LOADING, (written.flags ?? 0) & V2);
  return {
    ...before,
    // What components show is no longer listed beside them.
    message: {
      ...before.message,
      flags,
      content: written.content ?? '',
      components: numbered(components),
    },
    files,
  };
}

/** What Discord adds where the sender is silent. */
const USUALLY: Readonly<Partial<Record<ComponentType, object>>> = {
  [ComponentType.Container]: { spoiler: false },
  [ComponentType.StringSelect]: { min_values: 1, max_values: 1 },
};

/** Components that have no id get one by their order. */
function numbered(components: APIMessageTopLevelComponent[]): APIMessageTopLevelComponent[] {
  let next = 1;
  return JSON.parse(JSON.stringify(components), (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('type' in value)) return value;
    const usual: object = USUALLY[(value as { type: ComponentType }).type] ?? {};
    return { id: next++, ...usual, ...value };
  }) as APIMessageTopLevelComponent[];
}

/** Who is named in the text, as far as the sender allows. */
function alertedBy({ components = [], allowed_mentions: allowed }: Written): string[] {
  const named = [...JSON.stringify(components).matchAll(/<@!?(\d+)>/g)].map(([, id]) => id!);
  if (allowed === undefined || allowed.parse?.includes('users') === true) return named;
  return named.filter((id) => allowed.users?.includes(id) === true);
}

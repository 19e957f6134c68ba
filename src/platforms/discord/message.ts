/**
 * What the bot says as Discord's components: text, the picture at its full width with its alt
 * text and veil, the facts in small print below, menus and buttons. A message once made of
 * components stays so, and all of the bot's messages are.
 */
import { createHash } from 'node:crypto';
import { ComponentType, MessageFlags } from 'discord.js';
import type {
  APIComponentInContainer,
  APIMessageTopLevelComponent,
  RawFile,
  RESTAPIAttachment,
} from 'discord.js';
import type { Outbound, PictureFile } from '../../chat/outbound.ts';
import { componentsOf, textDisplay } from './components.ts';
import { clipped } from './markdown.ts';

export interface DiscordMessage {
  readonly body: {
    readonly flags: number;
    readonly components: APIMessageTopLevelComponent[];
    /** Those that are not here any more are taken off an edited message. */
    readonly attachments: RESTAPIAttachment[];
    readonly allowed_mentions: { readonly parse: []; readonly users?: string[] };
  };
  readonly files: RawFile[];
}

export interface Extras {
  /** Marks an answer, so that it can be found again: see `carries`. */
  readonly key?: string;
  /** A line above everything, in Discord's own markdown. */
  readonly lead?: string;
  /** The only person whom the message may alert. */
  readonly mention?: string;
}

const ALT_LENGTH = 1024;

const COLOURS = { plain: 0x7a5cff, problem: 0xd9363e };

/** A line in Discord's own markdown, and nothing else. */
export function bareMessage(line: string): DiscordMessage {
  return {
    body: {
      flags: MessageFlags.IsComponentsV2,
      components: [textDisplay(line)],
      attachments: [],
      allowed_mentions: { parse: [] },
    },
    files: [],
  };
}

/** @param file of `outbound.picture`, where it has one */
export function discordMessage(
  outbound: Outbound,
  file: PictureFile | undefined,
  extras: Extras = {},
): DiscordMessage {
  const sent = file ?? fileOf(outbound.document);
  const alt = clipped(outbound.picture?.alt ?? '', ALT_LENGTH);
  // What stands in `attachment://` has to be the name that Discord gives the file.
  const name = sent?.name.replace(/[^\w.-]+/g, '_');
  const { key, lead, mention } = extras;
  const described = alt === '' ? {} : { description: alt };
  const spoiler = outbound.picture?.spoiler ?? false;
  const media = { url: `attachment://${name ?? ''}` };
  const shown: APIComponentInContainer = file
    ? { type: ComponentType.MediaGallery, items: [{ media, spoiler, ...described }] }
    : { type: ComponentType.File, file: media };
  const container: APIMessageTopLevelComponent = {
    type: ComponentType.Container,
    ...(key === undefined ? {} : { id: markOf(key) }),
    accent_color: COLOURS[outbound.tone ?? 'plain'],
    components: componentsOf(outbound, name === undefined ? [] : [shown]),
  };
  return {
    body: {
      flags: MessageFlags.IsComponentsV2,
      components: [...(lead === undefined ? [] : [textDisplay(lead)]), container],
      attachments: name === undefined ? [] : [{ id: '0', filename: name, ...described }],
      allowed_mentions: { parse: [], ...(mention === undefined ? {} : { users: [mention] }) },
    },
    files:
      sent && name ? [{ name, data: Buffer.from(sent.bytes), contentType: sent.contentType }] : [],
  };
}

function fileOf(document: Outbound['document']) {
  if (!document) return undefined;
  const { name, contentType, text } = document;
  return { name, contentType, bytes: Buffer.from(text) };
}

/** Whether a message was made with this key. */
export function carries(
  { components = [] }: { readonly components?: readonly { id?: number | undefined }[] },
  key: string,
): boolean {
  return components.some(({ id }) => id === markOf(key));
}

/** A number that Discord keeps with a component and shows nobody; those it gives itself are small. */
function markOf(key: string): number {
  return (createHash('sha256').update(key).digest().readUInt32BE(0) >>> 2) + 2 ** 30;
}

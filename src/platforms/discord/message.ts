/**
 * What the bot says as Discord's components: text, the picture at its full width with its alt
 * text and veil, the facts in small print below, menus and buttons. A message once made of
 * components stays so, and all of the bot's messages are.
 */
import { createHash } from 'node:crypto';
import { ButtonStyle, ComponentType, MessageFlags } from 'discord.js';
import type {
  APIActionRowComponent,
  APIComponentInContainer,
  APIComponentInMessageActionRow,
  APIMessageTopLevelComponent,
  RawFile,
  RESTAPIAttachment,
} from 'discord.js';
import type {
  Button,
  Field,
  Link,
  Menu,
  Outbound,
  PictureFile,
  Progress,
} from '../../chat/outbound.ts';
import { clipped, clippedMarkdown } from './markdown.ts';

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

/** All texts of a message have 4000 characters together. */
const TEXT_LENGTH = 2200;
const FIELDS_LENGTH = 1500;
const ALT_LENGTH = 1024;
const LABEL_LENGTH = 80;
const CHOICE_LENGTH = 100;
const BAR_LENGTH = 10;

const COLOURS = { plain: 0x7a5cff, problem: 0xd9363e };
const STYLES = {
  main: ButtonStyle.Primary,
  plain: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

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

function componentsOf(
  { text, progress, fields = [], menu, buttons = [], link }: Outbound,
  picture: readonly APIComponentInContainer[],
): APIComponentInContainer[] {
  const texts = [clippedMarkdown(text, TEXT_LENGTH), progress ? progressLine(progress) : ''];
  const facts = clippedFields(fields, picture.length > 0);
  const pressed = [...buttons.map(buttonComponent), ...(link ? [linkComponent(link)] : [])];
  return [
    ...texts.filter((line) => line !== '').map(textDisplay),
    ...picture,
    ...(facts === '' ? [] : [textDisplay(facts)]),
    ...(menu ? [row([menuComponent(menu)])] : []),
    ...(pressed.length > 0 ? [row(pressed)] : []),
  ];
}

function textDisplay(content: string): { type: ComponentType.TextDisplay; content: string } {
  return { type: ComponentType.TextDisplay, content };
}

function row(
  components: APIComponentInMessageActionRow[],
): APIActionRowComponent<APIComponentInMessageActionRow> {
  return { type: ComponentType.ActionRow, components };
}

/** A bar, and when it will be done: Discord counts down, in the language of each who reads. */
function progressLine({ fraction, eta }: Progress): string {
  const parts: string[] = [];
  if (fraction !== null) {
    const filled = Math.round(fraction * BAR_LENGTH);
    const bar = '▰'.repeat(filled) + '▱'.repeat(BAR_LENGTH - filled);
    parts.push(`${bar} ${Math.floor(fraction * 100)} %`);
  }
  if (eta !== null) parts.push(`<t:${Math.ceil(Date.now() / 1000 + eta)}:R>`);
  return parts.join(' · ');
}

/** As many as fit: one small paragraph below a picture, else a line each. */
function clippedFields(fields: readonly Field[], caption: boolean): string {
  let facts = '';
  for (const { name, value } of fields) {
    const words = caption ? value.replace(/\s+/g, ' ') : value;
    const fact = `**${clippedMarkdown(name, 200)}** ${clippedMarkdown(words, FIELDS_LENGTH / 2)}`;
    const separator = caption ? (facts === '' ? '-# ' : ' · ') : facts === '' ? '' : '\n';
    if (facts.length + separator.length + fact.length > FIELDS_LENGTH) break;
    facts += separator + fact;
  }
  return facts;
}

function buttonComponent({
  action,
  label,
  style = 'plain',
}: Button): APIComponentInMessageActionRow {
  return {
    type: ComponentType.Button,
    custom_id: action,
    label: clipped(label, LABEL_LENGTH),
    style: STYLES[style],
  };
}

function linkComponent({ label, url }: Link): APIComponentInMessageActionRow {
  const style = ButtonStyle.Link;
  return { type: ComponentType.Button, url, label: clipped(label, LABEL_LENGTH), style };
}

function menuComponent({ action, placeholder, choices }: Menu): APIComponentInMessageActionRow {
  return {
    type: ComponentType.StringSelect,
    custom_id: action,
    placeholder: clipped(placeholder, CHOICE_LENGTH),
    options: choices.map(({ value, label, description }) => ({
      value,
      label: clipped(label, CHOICE_LENGTH),
      ...(description === undefined ? {} : { description: clipped(description, CHOICE_LENGTH) }),
    })),
  };
}

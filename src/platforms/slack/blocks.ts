/** What the bot says, as Block Kit. The numbers are Slack's limits. */
import type { types } from '@slack/bolt';
import type { Button, Field, Link, Menu, Outbound, Progress } from '../../chat/outbound.ts';
import { duration } from '../../chat/words.ts';
import { clipped, escaped, plain, toMrkdwn } from './markup.ts';

export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** A file of Slack's, shown in a message. */
export interface ShownFile {
  readonly id: string;
  readonly alt: string;
}

const BAR = 20;

/** Of a section. */
const MOST_TEXT = 3000;

/**
 * Everything but the picture, which is a file: `image` shows it where it can be shown.
 * @param about the channel that its buttons are about, where the message stands elsewhere; with
 * a thread of it, 'C0123@1760000000.000100'.
 */
export function messageOf(outbound: Outbound, image?: ShownFile, about?: string): SlackMessage {
  const { text, fields = [], progress, buttons = [], menu, link, tone } = outbound;
  const told = tone === 'problem' ? `⚠️ ${text}` : text;
  const blocks: types.KnownBlock[] = [
    ...paragraphs(told),
    ...fieldSections(fields),
    ...(image ? [imageBlock(image)] : []),
    ...(link ? [linkBlock(link)] : []),
    ...(progress ? progressLine(progress) : []),
    ...(buttons.length > 0 ? [{ ...buttonRow(buttons), ...marked('buttons', about) }] : []),
    ...(menu && menu.choices.length > 0 ? [{ ...menuRow(menu), ...marked('menu', about) }] : []),
  ];
  return { text: clipped(toMrkdwn(plain(told)), 4000), blocks };
}

function paragraphs(text: string): types.SectionBlock[] {
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    const last = parts.at(-1);
    const joined = last === undefined ? line : `${last}\n${line}`;
    if (toMrkdwn(joined).length <= MOST_TEXT && last !== undefined)
      parts[parts.length - 1] = joined;
    else parts.push(fitting(line, 3000, MOST_TEXT));
  }
  return parts
    .filter((part) => part.trim() !== '')
    .slice(0, 30)
    .map((part) => ({ type: 'section', text: mrkdwn(toMrkdwn(part)) }));
}

function fieldSections(fields: readonly Field[]): types.SectionBlock[] {
  const texts = fields.map(({ name, value }) =>
    mrkdwn(`*${toMrkdwn(fitting(name, 75, 500))}*\n${toMrkdwn(fitting(value, 1400, 1400))}`),
  );
  const sections: types.SectionBlock[] = [];
  for (let first = 0; first < texts.length; first += 10) {
    sections.push({ type: 'section', fields: texts.slice(first, first + 10) });
  }
  return sections;
}

/** Shortened to `most` letters, and until it takes no more than `limit` as Slack writes it. */
function fitting(text: string, most: number, limit: number): string {
  let kept = clipped(text, most);
  for (let length = most; toMrkdwn(kept).length > limit; length = Math.floor(length * 0.8)) {
    kept = clipped(text, length);
  }
  return kept;
}

function imageBlock({ id, alt }: ShownFile): types.ImageBlock {
  return { type: 'image', slack_file: { id }, alt_text: clipped(alt, 2000) };
}

/** Not a button: Slack would tell of each press, and wait for an answer. */
function linkBlock({ label, url }: Link): types.SectionBlock {
  const address = escaped(url).replaceAll('|', '%7C');
  return { type: 'section', text: mrkdwn(`<${address}|${escaped(label)}>`) };
}

/** A bar, percent, and the time to go as it stands at this edit. */
function progressLine({ fraction, eta }: Progress): types.ContextBlock[] {
  const parts: string[] = [];
  if (fraction !== null) {
    const full = Math.round(BAR * Math.min(1, Math.max(0, fraction)));
    const bar = `${'▓'.repeat(full)}${'░'.repeat(BAR - full)}`;
    parts.push(bar, `${Math.floor(fraction * 100)} %`);
  }
  if (eta !== null) parts.push(`about ${duration(eta)} to go`);
  if (parts.length === 0) return [];
  return [{ type: 'context', elements: [{ type: 'plain_text', text: parts.join(' · ') }] }];
}

/** The action stands behind a number: two buttons of a row may not have the same id. */
function buttonRow(buttons: readonly Button[]): types.ActionsBlock {
  const styles = { main: { style: 'primary' }, danger: { style: 'danger' }, plain: {} } as const;
  const elements = buttons.map(({ action, label, style = 'plain' }, index): types.Button => ({
    type: 'button',
    action_id: `${index}:${action}`,
    text: plainText(label, 75),
    ...styles[style],
  }));
  return { type: 'actions', elements };
}

function menuRow({ action, placeholder, choices }: Menu): types.ActionsBlock {
  const options = choices
    .filter(({ value }) => value.length <= 150)
    .map(({ value, label, description }) => ({
      value,
      text: plainText(label, 75),
      ...(description === undefined ? {} : { description: plainText(description, 75) }),
    }));
  return {
    type: 'actions',
    elements: [
      {
        type: 'static_select',
        action_id: `menu:${action}`,
        placeholder: plainText(placeholder, 150),
        options,
      },
    ],
  };
}

function marked(block: string, about: string | undefined): { block_id?: string } {
  return about === undefined ? {} : { block_id: `about:${about}:${block}` };
}

/** The channel that a pressed button is about, and its thread, where its message stands elsewhere. */
export function aboutOf(blockId: string): { about?: string; thread?: string } {
  const [, about, thread] = /^about:([A-Z0-9]+)(?:@([\d.]+))?:/.exec(blockId) ?? [];
  return { ...(about === undefined ? {} : { about }), ...(thread === undefined ? {} : { thread }) };
}

/** What `Button.action` or `Menu.action` was. */
export function actionOf(actionId: string): string {
  return actionId.slice(actionId.indexOf(':') + 1);
}

function mrkdwn(text: string): types.MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

export function plainText(text: string, most: number): types.PlainTextElement {
  return { type: 'plain_text', text: clipped(text, most) };
}

/** The parts of a message: texts, facts in small print, buttons and menus. */
import { ButtonStyle, ComponentType } from 'discord.js';
import type {
  APIActionRowComponent,
  APIComponentInContainer,
  APIComponentInMessageActionRow,
} from 'discord.js';
import type { Button, Field, Link, Menu, Outbound, Progress } from '../../chat/outbound.ts';
import { clipped, clippedMarkdown } from './markdown.ts';

/** All texts of a message have 4000 characters together, a line above them among them. */
const ALL_LENGTH = 3900;
const TEXT_LENGTH = 2200;
const FIELD_LENGTH = 1400;
const LABEL_LENGTH = 80;
const CHOICE_LENGTH = 100;
const BAR_LENGTH = 10;

const STYLES = {
  main: ButtonStyle.Primary,
  plain: ButtonStyle.Secondary,
  danger: ButtonStyle.Danger,
} as const;

/** @param picture what shows it, where the message has one; it stands between text and facts. */
export function componentsOf(
  { text, progress, fields = [], menu, buttons = [], link }: Outbound,
  picture: readonly APIComponentInContainer[],
): APIComponentInContainer[] {
  const texts = [clippedMarkdown(text, TEXT_LENGTH), progress ? progressLine(progress) : ''];
  const facts = clippedFields(fields, picture.length > 0, ALL_LENGTH - texts.join('').length);
  // A longer value could not be told from others that begin like it.
  const choices = menu?.choices.filter(({ value }) => value.length <= CHOICE_LENGTH) ?? [];
  const pressed = [...buttons.map(buttonComponent), ...(link ? [linkComponent(link)] : [])];
  return [
    ...texts.filter((line) => line !== '').map(textDisplay),
    ...picture,
    ...(facts === '' ? [] : [textDisplay(facts)]),
    ...(choices.length > 0 ? [row([menuComponent({ ...menu!, choices })])] : []),
    ...(pressed.length > 0 ? [row(pressed)] : []),
  ];
}

export function textDisplay(content: string): { type: ComponentType.TextDisplay; content: string } {
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
function clippedFields(fields: readonly Field[], caption: boolean, most: number): string {
  let facts = '';
  for (const { name, value } of fields) {
    const words = caption ? value.replace(/\s+/g, ' ') : value;
    const fact = `**${clippedMarkdown(name, 200)}** ${clippedMarkdown(words, FIELD_LENGTH)}`;
    const separator = caption ? (facts === '' ? '-# ' : ' · ') : facts === '' ? '' : '\n';
    // Room is left for the sign that it goes on.
    if (facts.length + separator.length + fact.length > most - 4) return `${facts}${separator}…`;
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

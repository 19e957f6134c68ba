/** The form for a command's options: slash commands carry no files, forms do. */
import type { types } from '@slack/bolt';
import * as z from 'zod';
import type { SimpleCommand } from '../../chat/command.ts';
import type { Attachment, Option, RawValue } from '../../chat/option.ts';
import { plainText } from './blocks.ts';
import { spelled } from './commands.ts';
import { clipped } from './markup.ts';

/** Of every input: what tells them apart is the block's id, the option's name. */
export const ACTION_ID = 'value';
export const CALLBACK_ID = 'command';
/** What an option of a menu may be long. */
export const MOST_CHOICE = 150;
const MOST_TEXT = 3000;

const attachment = z.object({
  name: z.string(),
  size: z.number().optional(),
  contentType: z.string().optional(),
  reference: z.string(),
});

/** What a form remembers while it is open: Slack hands it back with the answers. */
const memory = z.object({
  command: z.string(),
  subcommand: z.string().optional(),
  channel: z.string(),
  thread: z.string().nullable(),
  /** Forms that were opened by an earlier version do not have it. */
  within: z.string().nullable().default(null),
  responseUrl: z.string().nullable(),
  /** By option, where they are known already. */
  pictures: z.record(z.string(), attachment),
});

export type ModalMemory = Omit<z.infer<typeof memory>, 'pictures' | 'subcommand'> & {
  readonly subcommand?: string;
  readonly pictures: Readonly<Record<string, Attachment>>;
};

export function readMemory(text: string): ModalMemory {
  // Absent stays absent: `undefined` is no value of an optional property here.
  return memory.parse(JSON.parse(text)) as ModalMemory;
}

/** @param values checked: what was typed after the command. */
export function modalFor(
  { options }: SimpleCommand,
  remembered: ModalMemory,
  values: Readonly<Record<string, RawValue | undefined>>,
): types.ModalView {
  const open = Object.entries(options).filter(([name]) => !(name in remembered.pictures));
  return {
    type: 'modal',
    callback_id: CALLBACK_ID,
    private_metadata: JSON.stringify(remembered),
    title: plainText(`/${spelled(remembered)}`, 24),
    submit: plainText('Start', 24),
    close: plainText('Close', 24),
    blocks: open.map(([name, option]) => inputFor(name, option, values[name])),
  };
}

function inputFor(name: string, option: Option, value: RawValue | undefined): types.InputBlock {
  return {
    type: 'input',
    block_id: name,
    label: plainText(name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '), 2000),
    hint: plainText(`${option.description}.`, 2000),
    // Boxes that are not ticked count as unanswered.
    optional: option.required !== true || option.kind === 'switch',
    element: elementFor(option, value),
  };
}

function elementFor(option: Option, value: RawValue | undefined): types.InputBlock['element'] {
  const action_id = ACTION_ID;
  switch (option.kind) {
    case 'text':
      return textElement(option, typeof value === 'string' ? value : '');
    case 'choice': {
      const initial = typeof value === 'string' ? { initial_option: choice(value) } : {};
      return { type: 'static_select', action_id, options: option.choices.map(choice), ...initial };
    }
    case 'integer':
    case 'number': {
      const { kind, min, max } = option;
      const limits = { min_value: String(min), max_value: String(max) };
      const initial = typeof value === 'number' ? { initial_value: String(value) } : {};
      const decimal = { is_decimal_allowed: kind === 'number' };
      return { type: 'number_input', action_id, ...decimal, ...limits, ...initial };
    }
    case 'switch': {
      const yes = choice('yes');
      const initial = value === true ? { initial_options: [yes] } : {};
      return { type: 'checkboxes', action_id, options: [yes], ...initial };
    }
    case 'picture':
    case 'file':
      // Of any type: Slack would refuse the form for an ending that it does not know.
      return { type: 'file_input', action_id, max_files: 1 };
  }
}

/** A menu that is filled while one types, where there is something to fill it with. */
function textElement(
  { completes, maxLength }: Extract<Option, { kind: 'text' }>,
  value: string,
): types.InputBlock['element'] {
  const action_id = ACTION_ID;
  if (completes !== undefined && value.length <= MOST_CHOICE) {
    const initial = value === '' ? {} : { initial_option: choice(value) };
    return { type: 'external_select', action_id, min_query_length: 0, ...initial };
  }
  const max_length = Math.min(maxLength, MOST_TEXT);
  const initial = value === '' ? {} : { initial_value: clipped(value, max_length) };
  return { type: 'plain_text_input', action_id, max_length, ...initial };
}

export function choice(value: string): types.PlainTextOption {
  return { value, text: plainText(value, 75) };
}

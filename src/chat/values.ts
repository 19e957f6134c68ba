/** What came in for a command's options, checked: every platform's values pass here. */
import { DreamError } from '../kit/errors.ts';
import { isAttached } from './option.ts';
import type { Attachment, Option, Options, RawValue, Values } from './option.ts';
import { shortened } from './shortened.ts';

const YES = ['yes', 'true', 'on', '1'];
const NO = ['no', 'false', 'off', '0'];

/** @throws DreamError 'bad-option': the option, what was expected, what was found. */
export function checkValues<Given extends Options>(
  options: Given,
  raw: Readonly<Record<string, RawValue>>,
): Values<Given> {
  const unknown = Object.keys(raw).find((name) => !Object.hasOwn(options, name));
  if (unknown !== undefined) {
    const message = `there is no option '${unknown}'`;
    throw new DreamError('bad-option', message, `Options: ${Object.keys(options).join(', ')}.`);
  }
  const values = Object.entries(options).map(([name, option]) => {
    const value = raw[name];
    const left = value === undefined || isEmpty(option, value);
    if (!left) return [name, checked(name, option, value)];
    if (option.required !== true) return [name, undefined];
    throw new DreamError('bad-option', `${name} is missing`, `${option.description}.`);
  });
  return Object.fromEntries(values) as Values<Given>;
}

/** A file that is named and does not come is missed; other options may be left empty. */
function isEmpty(option: Option, value: RawValue): boolean {
  if (typeof value !== 'string' || isAttached(option)) return false;
  return (option.kind === 'text' ? value.trim() : value) === '';
}

function checked(name: string, option: Option, value: RawValue): RawValue {
  switch (option.kind) {
    case 'text': {
      const text = plainText(name, value);
      if (text.length <= option.maxLength) return text;
      throw problem(name, `at most ${option.maxLength} characters`, `${text.length}`);
    }
    case 'choice': {
      const wanted = plainText(name, value).toLowerCase();
      const choice = option.choices.find((candidate) => candidate.toLowerCase() === wanted);
      if (choice !== undefined) return choice;
      throw problem(name, `one of ${option.choices.join(', ')}`, shown(value));
    }
    case 'integer':
    case 'number':
      return numberWithin(name, option, value);
    case 'switch':
      return switched(name, value);
    case 'picture':
    case 'file':
      return attached(name, option.kind, value);
  }
}

function numberWithin(
  name: string,
  { kind, min, max }: { kind: 'integer' | 'number'; min: number; max: number },
  value: RawValue,
): number {
  // Half of the world writes 1,5.
  const text = typeof value === 'string' ? value.trim().replace(',', '.') : value;
  const number = typeof text === 'number' ? text : text === '' ? NaN : Number(text);
  const fits = number >= min && number <= max && (kind === 'number' || Number.isInteger(number));
  if (fits) return number;
  const expected = `${kind === 'integer' ? 'a whole number' : 'a number'} from ${min} to ${max}`;
  throw problem(name, expected, shown(value));
}

function switched(name: string, value: RawValue): boolean {
  if (typeof value === 'boolean') return value;
  const text = shown(value).toLowerCase();
  if (YES.includes(text)) return true;
  if (NO.includes(text)) return false;
  throw problem(name, 'yes or no', shown(value));
}

function attached(name: string, kind: 'picture' | 'file', value: RawValue): Attachment {
  if (typeof value === 'object') return value;
  throw new DreamError(
    'bad-option',
    `${name} is a ${kind} to attach, not text`,
    `Attach the ${kind} to the message.`,
  );
}

function plainText(name: string, value: RawValue): string {
  if (typeof value === 'object') throw problem(name, 'text', 'a file');
  return String(value).trim();
}

function shown(value: RawValue): string {
  return typeof value === 'object' ? 'a file' : shortened(String(value), 100);
}

function problem(name: string, expected: string, found: string): DreamError {
  return new DreamError('bad-option', `${name}: expected ${expected}, found ${found}`);
}

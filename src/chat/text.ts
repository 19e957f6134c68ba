/**
 * Commands as people type them:
 *
 *   /dream layer:mixed5 octaves:4      names in any order and case, = and : alike
 *   /dream mixed5 steps 20             a bare word is the first text option; a name and its value
 *   /dream class:"not dog"             quotes around what has spaces
 *   /dream cat mask                    a file's name alone: one of those that are attached is meant
 *   /dream layer:mixed3, mixed5:2      after a comma the list goes on
 *   /contest export json               a choice by itself, where nothing else has to be said
 */
import { distance } from 'fastest-levenshtein';
import { DreamError } from '../kit/errors.ts';
import type { Command, SimpleCommand } from './command.ts';
import { findCommand, findSubcommand } from './find.ts';
import { isAttached } from './option.ts';
import type { Options } from './option.ts';

export interface ParsedCommand {
  readonly command: string;
  readonly subcommand?: string;
  /** As typed: the router checks them. */
  readonly values: Readonly<Record<string, string>>;
}

/** @throws DreamError 'unknown-command' or 'bad-option', naming what comes nearest. */
export function parseCommandText(text: string, commands: readonly Command[]): ParsedCommand {
  const [first, ...rest] = wordsOf(text);
  const command = findCommand(commands, (first?.text ?? '').replace(/^\//, ''));
  if (!('subcommands' in command)) {
    return { command: command.name, values: valuesOf(rest, command) };
  }
  const [second, ...others] = rest;
  const subcommand = findSubcommand(command, second?.text ?? '');
  return {
    command: command.name,
    // Without one, how to begin is asked for.
    ...(subcommand.name === '' ? {} : { subcommand: subcommand.name }),
    values: valuesOf(others, subcommand),
  };
}

interface Word {
  /** Before the : or =; undefined for a bare word. */
  readonly name?: string;
  readonly text: string;
  /** Nothing stands after the : or =, no quotes either. */
  readonly empty: boolean;
}

/** `name:"quoted"`, `name:bare`, `"quoted"` or `bare`; typographic quotes come from phones. */
const WORD = /(?:([\p{L}\p{N}_-]+)[:=]\s*)?(?:"([^"]*)"|“([^“”]*)”|([^\s"“]\S*)|$)/gu;

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.trim().matchAll(WORD)) {
    const [whole, name, ...values]: (string | undefined)[] = match;
    if (whole === '') continue;
    const value = values.find((candidate) => candidate !== undefined);
    const word = { text: value ?? '', empty: value === undefined };
    words.push(name === undefined ? word : { name, ...word });
  }
  return words;
}

/** `a:1, b:2` is one word, where b is no option. */
function withLists(words: readonly Word[], options: Options): Word[] {
  const joined: Word[] = [];
  for (const word of words) {
    const { name, text } = word;
    const before = joined.at(-1);
    const isOption = optionNamed(name ?? text, options) !== undefined;
    if (!before?.text.endsWith(',') || isOption) joined.push(word);
    else {
      const more = name === undefined ? text : `${name}:${text}`;
      joined[joined.length - 1] = { ...before, text: `${before.text} ${more}` };
    }
  }
  return joined;
}

function valuesOf(given: readonly Word[], { options }: SimpleCommand): Record<string, string> {
  const words = withLists(given, options);
  const values: Record<string, string> = {};
  const bare: string[] = [];
  const set = (name: string, value: string): void => {
    if (Object.hasOwn(values, name)) {
      throw new DreamError('bad-option', `the option ${name} is given twice`, 'Leave one out.');
    }
    values[name] = value;
  };
  for (let index = 0; index < words.length; index++) {
    const { name, text, empty } = words[index]!;
    const option = name === undefined ? undefined : optionNamed(name, options);
    const named = Object.keys(options).find((each) => each === text.toLowerCase());
    const next = words[index + 1];
    if (option !== undefined) set(option, empty ? leftEmpty(option, options) : text);
    else if (name !== undefined) bare.push(notAnOption(name, text, options));
    else if (named === undefined) bare.push(text);
    else if (options[named]!.kind === 'switch') set(named, 'yes');
    else if (isAttached(options[named]!)) set(named, '');
    else if (next && next.name === undefined) {
      set(named, next.text);
      index += 1;
    } else bare.push(text);
  }
  if (bare.length > 0) set(meantBy(bare.join(' '), options), bare.join(' '));
  return values;
}

/** A file's name may stand there by itself; anything else was forgotten. */
function leftEmpty(name: string, options: Options): string {
  const option = options[name]!;
  if (isAttached(option)) return '';
  throw new DreamError('bad-option', `${name} has no value`, `${option.description}.`);
}

function optionNamed(name: string, options: Options): string | undefined {
  const plain = name.toLowerCase().replace(/^-+/, '').replaceAll('-', '_');
  return Object.keys(options).find((option) => option === plain);
}

/** `mixed4:139` is a layer with its channel; `layr:mixed4`, and anything like it elsewhere, a mistake. */
function notAnOption(name: string, text: string, options: Options): string {
  const nearest = Object.keys(options)
    .map((option) => ({ option, away: distance(option, name.toLowerCase()) }))
    .sort((one, other) => one.away - other.away)[0];
  if (nearest && nearest.away <= 2) {
    throw new DreamError(
      'bad-option',
      `there is no option '${name}'; did you mean '${nearest.option}'?`,
      optionsHint(options),
    );
  }
  const first = Object.values(options).find(({ kind }) => kind === 'text');
  if (first?.kind === 'text' && first.completes === 'layer') return `${name}:${text}`;
  throw new DreamError('bad-option', `there is no option '${name}' here`, optionsHint(options));
}

/** The option that words without a name are for. */
function meantBy(found: string, options: Options): string {
  const entries = Object.entries(options);
  const first = entries.find(([, { kind }]) => kind === 'text');
  const choice = entries.find(
    ([, option]) => option.kind === 'choice' && option.choices.includes(found.toLowerCase()),
  );
  if (choice && first?.[1].required !== true) return choice[0];
  if (first) return first[0];
  throw new DreamError('bad-option', `'${found}' is not an option`, optionsHint(options));
}

function optionsHint(options: Options): string {
  const names = Object.keys(options);
  return names.length === 0 ? 'This command has no options.' : `Options: ${names.join(', ')}.`;
}

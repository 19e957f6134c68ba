/** What could be typed next in a line that begins with a slash. Pure: no page is needed. */
import { isAttached } from '../../../chat/option.ts';
import type { WireCommand } from '../wire.ts';

export interface Suggestion {
  readonly kind: 'command' | 'option' | 'value' | 'attach';
  readonly label: string;
  readonly detail: string;
  /** The line once it is taken. */
  readonly line: string;
  /** Where the caret stands then. */
  readonly caret: number;
}

/** A question to the server: what may stand in this option. */
export interface Question {
  readonly command: string;
  readonly subcommand?: string;
  readonly option: string;
  readonly text: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Advice {
  readonly items: readonly Suggestion[];
  /** A sentence about what is being typed. */
  readonly hint?: string;
  readonly question?: Question;
  /** Makes the answers to the question into suggestions. */
  readonly answered: (values: readonly string[]) => Suggestion[];
  /** The first suggestion is what Enter takes. */
  readonly eager: boolean;
}

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const NOTHING: Advice = { items: [], answered: () => [], eager: false };

/** @param attached options that there is a file for. */
export function advise(
  line: string,
  caret: number,
  commands: readonly WireCommand[],
  attached: readonly string[] = [],
): Advice {
  if (!line.startsWith('/')) return NOTHING;
  const words = wordsOf(line);
  const current = wordAt(words, caret);
  const index = words.filter((word) => word.start < current.start).length;
  if (index === 0) return chooseCommand(line, current, commands, '/');
  const command = commands.find(({ name }) => `/${name}` === words[0]?.text.toLowerCase());
  if (!command) return NOTHING;
  if (command.subcommands.length === 0) {
    return chooseOption({ line, words: words.slice(1), current, command, attached });
  }
  if (index === 1) return chooseCommand(line, current, command.subcommands, '');
  const part = command.subcommands.find(({ name }) => name === words[1]?.text.toLowerCase());
  if (!part) return NOTHING;
  const group = command.name;
  return chooseOption({ line, words: words.slice(2), current, command: part, group, attached });
}

function wordsOf(line: string): Word[] {
  return [...line.matchAll(/(?:"[^"]*"?|[^\s"])+/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The word that the caret is in or behind, up to the caret; an empty one between words. */
function wordAt(words: readonly Word[], caret: number): Word {
  const word = words.find(({ start, end }) => start < caret && caret <= end);
  return word ?? { text: '', start: caret, end: caret };
}

function replaced(
  line: string,
  { start, end }: Word,
  text: string,
): { line: string; caret: number } {
  const after = line.slice(end).replace(/^ /, text.endsWith(' ') ? '' : ' ');
  return { line: `${line.slice(0, start)}${text}${after}`, caret: start + text.length };
}

function chooseCommand(
  line: string,
  current: Word,
  commands: readonly WireCommand[],
  before: string,
): Advice {
  const typed = current.text.toLowerCase();
  const items = commands
    .filter(({ name }) => `${before}${name}`.startsWith(typed))
    .map(({ name, description, subcommands }): Suggestion => ({
      kind: 'command',
      label: `${before}${name}`,
      detail: subcommands.length > 0 ? `${description} …` : description,
      ...replaced(line, current, `${before}${name} `),
    }));
  const eager = !items.some(({ label }) => label === typed);
  return { ...NOTHING, items, eager };
}

interface Place {
  readonly line: string;
  /** After the command. */
  readonly words: readonly Word[];
  readonly current: Word;
  readonly command: WireCommand;
  readonly group?: string;
  readonly attached: readonly string[];
}

function chooseOption(place: Place): Advice {
  const { words, current, command } = place;
  const others = words.filter(({ start }) => start !== current.start);
  const values = Object.fromEntries(
    others.flatMap(({ text }) => {
      const value = valueOf(text, command);
      return value ? [value] : [];
    }),
  );
  const begun = valueOf(current.text, command);
  if (begun) return chooseValue(place, begun[0], begun[1], values);
  const options = optionNames(place, values);
  if (current.text === '') return { ...NOTHING, items: options };
  // A bare word is the first text.
  const first = Object.entries(command.options).find(([, { kind }]) => kind === 'text')?.[0];
  if (first === undefined || first in values) return { ...NOTHING, items: options, eager: true };
  const bare = chooseValue(place, first, current.text, values);
  return { ...bare, items: [...options, ...bare.items], eager: options.length > 0 };
}

function valueOf(
  word: string,
  { options }: WireCommand,
): [name: string, value: string] | undefined {
  const match = /^([\w-]+)[:=](.*)$/s.exec(word);
  const name = match?.[1]?.toLowerCase();
  if (!match || name === undefined || !Object.hasOwn(options, name)) return undefined;
  return [name, match[2]!.replaceAll('"', '')];
}

function optionNames({ line, current, command, attached }: Place, values: object): Suggestion[] {
  return Object.entries(command.options)
    .filter(([name]) => name.startsWith(current.text.toLowerCase()) && !(name in values))
    .filter(([name]) => !attached.includes(name))
    .map(([name, option]): Suggestion => {
      const { description } = option;
      if (isAttached(option)) {
        return {
          kind: 'attach',
          label: name,
          detail: description,
          ...replaced(line, current, ''),
        };
      }
      const inserted = replaced(line, current, `${name}:`);
      return { kind: 'option', label: `${name}:`, detail: description, ...inserted };
    });
}

function chooseValue(
  { line, current, command, group }: Place,
  name: string,
  typed: string,
  values: Readonly<Record<string, string>>,
): Advice {
  const option = command.options[name]!;
  const hint = `${name}: ${option.description}`;
  const answered = (found: readonly string[]): Suggestion[] =>
    found.map((value) => ({
      kind: 'value',
      label: value,
      detail: '',
      ...replaced(line, current, `${name}:${/\s/.test(value) ? `"${value}"` : value} `),
    }));
  const fitting = (all: readonly string[]): Suggestion[] =>
    answered(all.filter((value) => value.toLowerCase().startsWith(typed.toLowerCase())));
  const eager = typed !== '';
  switch (option.kind) {
    case 'choice':
      return { items: fitting(option.choices), hint, answered, eager };
    case 'switch':
      return { items: fitting(['yes', 'no']), hint, answered, eager };
    case 'integer':
    case 'number': {
      const range = `${option.min} to ${option.max}`;
      return { ...NOTHING, hint: `${hint}, ${range}` };
    }
    case 'picture':
    case 'file':
      return { ...NOTHING, hint: `${hint}: drop or paste it here` };
    case 'text': {
      if (option.completes === undefined) return { ...NOTHING, hint };
      const of =
        group === undefined
          ? { command: command.name }
          : { command: group, subcommand: command.name };
      const question = { ...of, option: name, text: typed, values };
      return { items: [], hint, question, answered, eager: false };
    }
  }
}

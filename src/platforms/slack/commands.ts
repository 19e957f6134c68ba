/** Commands and their options, as far as Slack's ways of asking need to know them. */
import type { Command, SimpleCommand } from '../../chat/command.ts';
import { findCommand, findSubcommand } from '../../chat/find.ts';
import type { Attachment, Options } from '../../chat/option.ts';

export interface CommandName {
  readonly command: string;
  readonly subcommand?: string;
}

export interface NamedCommand {
  readonly name: CommandName;
  readonly command: SimpleCommand;
}

/** Every command and subcommand that can be run. */
export function runnable(commands: readonly Command[]): NamedCommand[] {
  return commands.flatMap((command): NamedCommand[] =>
    'subcommands' in command
      ? command.subcommands.map((subcommand) => ({
          name: { command: command.name, subcommand: subcommand.name },
          command: subcommand,
        }))
      : [{ name: { command: command.name }, command }],
  );
}

/** @throws DreamError 'unknown-command' */
export function commandNamed(commands: readonly Command[], name: CommandName): SimpleCommand {
  const command = findCommand(commands, name.command);
  return 'subcommands' in command ? findSubcommand(command, name.subcommand ?? '') : command;
}

/** What is meant where no command is named: the first that takes pictures. */
export function usualCommand(commands: readonly Command[]): SimpleCommand | undefined {
  return commands.find(
    (command): command is SimpleCommand =>
      'options' in command && pictureOptions(command.options).length > 0,
  );
}

/** A text that begins with no command's name belongs to this one. */
export function withCommand(commands: readonly Command[], text: string, usual: string): string {
  const first = text.split(/\s/, 1)[0]!.replace(/^\//, '').toLowerCase();
  return commands.some(({ name }) => name === first) ? text : `${usual} ${text}`;
}

export function pictureOptions(options: Options): string[] {
  return Object.keys(options).filter((name) => options[name]!.kind === 'picture');
}

/** Options that only a form can fill in. */
export function attachedOptions(options: Options): string[] {
  const files = Object.keys(options).filter((name) => options[name]!.kind === 'file');
  return [...pictureOptions(options), ...files];
}

/**
 * The files of a message as values: the first for the first option that takes one; another for an
 * option that was said, such as `mask`, so that nobody's second photo is taken for something else.
 */
export function attachedValues(
  options: Options,
  files: readonly Attachment[],
  said: readonly string[] = [],
): Record<string, Attachment> {
  const named = attachedOptions(options).filter((name, at) => at === 0 || said.includes(name));
  const takesAny = named.some((name) => options[name]!.kind === 'file');
  const taken = takesAny ? files : files.filter(isPicture);
  return Object.fromEntries(
    named.slice(0, taken.length).map((name, index) => [name, taken[index]!]),
  );
}

export function isPicture({ contentType }: Attachment): boolean {
  return contentType?.startsWith('image/') ?? false;
}

/** 'dream' or 'contest submit' */
export function spelled({ command, subcommand }: CommandName): string {
  return subcommand === undefined ? command : `${command} ${subcommand}`;
}

export function unspelled(text: string): CommandName {
  const [command = '', subcommand] = text.split(' ');
  return subcommand === undefined ? { command } : { command, subcommand };
}

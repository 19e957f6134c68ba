/** Commands that the menu of a message offers, for the picture that it has. */
import type { Command, SimpleCommand } from '../../chat/command.ts';

export interface MenuEntry {
  readonly name: string;
  readonly command: string;
  readonly subcommand?: string;
  /** The option that the picture goes to. */
  readonly option: string;
  readonly adminOnly: boolean;
}

interface Chosen {
  readonly command: string;
  readonly subcommand?: string;
}

export function menuEntries(commands: readonly Command[]): MenuEntry[] {
  return commands.flatMap((command) => {
    const { adminOnly = false } = command;
    if (!('subcommands' in command)) return entryOf(command, { command: command.name }, adminOnly);
    return command.subcommands.flatMap((subcommand) =>
      entryOf(subcommand, { command: command.name, subcommand: subcommand.name }, adminOnly),
    );
  });
}

/** Whether the bot itself has to be able to speak where a command is used. */
export function speaks(
  commands: readonly Command[],
  { command: name, subcommand }: Chosen,
): 'at once' | 'later' | 'no' {
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) return 'no';
  const chosen =
    'subcommands' in command
      ? command.subcommands.find((candidate) => candidate.name === subcommand)
      : command;
  if (chosen?.announces === true) return 'later';
  return chosen && firstPicture(chosen) !== undefined ? 'at once' : 'no';
}

function entryOf(command: SimpleCommand, chosen: Chosen, adminOnly: boolean): MenuEntry[] {
  const { onPicture: name } = command;
  const option = firstPicture(command);
  if (name === undefined || option === undefined) return [];
  return [{ ...chosen, name, option, adminOnly: adminOnly || command.adminOnly === true }];
}

function firstPicture({ options }: SimpleCommand): string | undefined {
  return Object.entries(options).find(([, { kind }]) => kind === 'picture')?.[0];
}

/** Commands by the names that people give them. */
import { distance } from 'fastest-levenshtein';
import { DreamError } from '../kit/errors.ts';
import type { Command, CommandGroup, SimpleCommand } from './command.ts';
import { introductionTo } from './introduction.ts';

/** @throws DreamError 'unknown-command', naming what comes nearest. */
export function findCommand(commands: readonly Command[], name: string): Command {
  return find(commands, name, '/');
}

/** @param name '' for what says how to begin. @throws DreamError 'unknown-command' */
export function findSubcommand(group: CommandGroup, name: string): SimpleCommand {
  if (name === '') return introductionTo(group);
  return find(group.subcommands, name, `/${group.name} `);
}

function find<Kind extends Command>(commands: readonly Kind[], name: string, before: string): Kind {
  const wanted = name.toLowerCase();
  const found = commands.find((command) => command.name === wanted);
  if (found) return found;
  const names = commands.map((command) => command.name);
  const all = names.map((each) => `${before}${each}`).join(', ');
  if (wanted === '') throw new DreamError('unknown-command', `expected one of ${all}`);
  const [nearest] = names
    .map((each) => ({ each, edits: distance(each, wanted) }))
    .filter(({ each, edits }) => edits <= each.length / 2)
    .sort((one, other) => one.edits - other.edits);
  throw new DreamError(
    'unknown-command',
    `there is no command ${before}${wanted}${nearest ? `; nearest: ${before}${nearest.each}` : ''}`,
    `Commands: ${all}.`,
  );
}

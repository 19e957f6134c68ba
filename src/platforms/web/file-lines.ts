/** Which files come with which lines, and for what. The page and the server ask alike. */
import { isAttached } from '../../chat/option.ts';
import type { WireCommand } from './wire.ts';

/** Whether they are of any type, not pictures. */
export function takesFile(line: string, commands: readonly WireCommand[]): boolean {
  return lineFor(line, commands) !== undefined;
}

/** How the command of a line begins, where it takes a file: `/models add`. */
export function lineFor(line: string, commands: readonly WireCommand[]): string | undefined {
  const [first = '', second = ''] = line.trim().toLowerCase().split(/\s+/);
  return linesForFiles(commands).find((each) => each === first || each === `${first} ${second}`);
}

/** How all of them begin. */
export function linesForFiles(commands: readonly WireCommand[]): string[] {
  return commands.flatMap(({ name, options, subcommands }) => [
    ...(hasFile(options) ? [`/${name}`] : []),
    ...subcommands.flatMap((part) => (hasFile(part.options) ? [`/${name} ${part.name}`] : [])),
  ]);
}

/**
 * What files may come for with a line, as far as it is typed. Where its command takes none, or is
 * not known yet, those of a picture by itself: what is sent then, is refused with the reason.
 */
export function fileOptions(line: string, commands: readonly WireCommand[]): string[] {
  const [first = '', second = ''] = line.trim().toLowerCase().split(/\s+/);
  const command = commands.find(({ name }) => `/${name}` === first);
  const part = command?.subcommands.find(({ name }) => name === second) ?? command;
  const asked = part ? attachedTo(part) : [];
  const usual = commands.find(({ onPicture }) => onPicture);
  return asked.length > 0 || !usual ? asked : attachedTo(usual);
}

/**
 * The option that each file goes to: the one that it is meant for, else the first that is free.
 * @param meant was named when another command may have stood there.
 */
export function placesOf(
  meant: readonly string[],
  options: readonly string[],
): (string | undefined)[] {
  const own = meant.map((name, at) => options.includes(name) && meant.indexOf(name) === at);
  const free = options.filter((name) => !meant.includes(name));
  return meant.map((name, at) => (own[at] ? name : free.shift()));
}

function attachedTo({ options }: WireCommand): string[] {
  return Object.keys(options).filter((name) => isAttached(options[name]!));
}

function hasFile(options: WireCommand['options']): boolean {
  return Object.values(options).some(({ kind }) => kind === 'file');
}

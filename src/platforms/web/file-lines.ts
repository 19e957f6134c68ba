/** Lines that take a file of any type, not a picture. The page and the server ask alike. */
import type { WireCommand } from './wire.ts';

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

function hasFile(options: WireCommand['options']): boolean {
  return Object.values(options).some(({ kind }) => kind === 'file');
}

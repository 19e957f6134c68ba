/** Lines that take a file of any type, not a picture. The page and the server ask alike. */
import type { WireCommand } from './wire.ts';

export function takesFile(line: string, commands: readonly WireCommand[]): boolean {
  const [first = '', second = ''] = line.trim().toLowerCase().split(/\s+/);
  const command = commands.find(({ name }) => `/${name}` === first);
  const part = command?.subcommands.find(({ name }) => name === second) ?? command;
  return Object.values(part?.options ?? {}).some(({ kind }) => kind === 'file');
}

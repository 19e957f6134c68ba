/** What a page is told first. */
import type { Command, SimpleCommand } from '../../chat/command.ts';
import type { Snapshot, WireCommand } from './wire.ts';

export function commandsOnWire(commands: readonly Command[]): Snapshot['commands'] {
  return commands.map(asWire);
}

function asWire(command: Command): WireCommand {
  const { name, description } = command;
  if ('subcommands' in command) {
    const subcommands = command.subcommands.map(asWire);
    return { name, description, options: {}, onPicture: false, subcommands };
  }
  const { options, onPicture }: SimpleCommand = command;
  return { name, description, options, onPicture: onPicture !== undefined, subcommands: [] };
}

/** From a line that somebody typed, and the files beside it, to a command. */
import type { Command } from '../../chat/command.ts';
import type { CommandEvent } from '../../chat/inbound.ts';
import { isAttached } from '../../chat/option.ts';
import type { Attachment } from '../../chat/option.ts';
import { parseCommandText } from '../../chat/text.ts';
import { DreamError } from '../../kit/errors.ts';
import { placesOf } from './file-lines.ts';

type Asked = Pick<CommandEvent, 'command' | 'subcommand' | 'values'>;

export interface Given {
  /** That it is meant for. */
  readonly option: string;
  readonly file: Attachment;
}

/** @throws DreamError where it is no command, or one that does not take so many files. */
export function commandOf(
  line: string,
  files: readonly Given[],
  commands: readonly Command[],
): Asked {
  const asked = line.startsWith('/') ? parseCommandText(line, commands) : bare(files, commands);
  const options = fileOptions(asked, commands);
  const places = placesOf(
    files.map(({ option }) => option),
    options,
  );
  const attached = files.map(
    ({ file }, index) => [places[index] ?? refuse(asked, options), file] as const,
  );
  return { ...asked, values: { ...asked.values, ...Object.fromEntries(attached) } };
}

function refuse({ command, subcommand }: Asked, options: readonly string[]): never {
  const name = subcommand === undefined ? command : `${command} ${subcommand}`;
  throw options.length === 0
    ? new DreamError('bad-option', `/${name} takes no file`, 'Send it without one.')
    : new DreamError('bad-option', `/${name} takes one file`, 'Send it without the other.');
}

/** A picture by itself asks for what is offered on pictures. */
function bare(files: readonly Given[], commands: readonly Command[]): Asked {
  const command = commands.find((each) => 'onPicture' in each);
  if (files.length > 0 && command) return { command: command.name, values: {} };
  throw new DreamError(
    'unknown-command',
    'I understand commands and pictures, but no sentences',
    'Type `/` to see what I can do, or drop a picture here.',
  );
}

function fileOptions(asked: Asked, commands: readonly Command[]): string[] {
  const command = commands.find(({ name }) => name === asked.command);
  const simple =
    command && 'subcommands' in command
      ? command.subcommands.find(({ name }) => name === asked.subcommand)
      : command;
  const options = Object.entries(simple?.options ?? {});
  return options.filter(([, option]) => isAttached(option)).map(([name]) => name);
}

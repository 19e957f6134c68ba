/** From a line that somebody typed, and the picture beside it, to a command. */
import type { Command } from '../../chat/command.ts';
import type { CommandEvent } from '../../chat/inbound.ts';
import type { Attachment } from '../../chat/option.ts';
import { parseCommandText } from '../../chat/text.ts';
import { DreamError } from '../../kit/errors.ts';

type Asked = Pick<CommandEvent, 'command' | 'subcommand' | 'values'>;

/** @throws DreamError where it is no command, or one that takes no file. */
export function commandOf(
  line: string,
  picture: Attachment | undefined,
  commands: readonly Command[],
): Asked {
  const asked = line.startsWith('/') ? parseCommandText(line, commands) : bare(picture, commands);
  if (!picture) return asked;
  const option = pictureOption(asked, commands);
  if (option !== undefined) return { ...asked, values: { ...asked.values, [option]: picture } };
  const name = [asked.command, asked.subcommand ?? ''].join(' ').trim();
  throw new DreamError('bad-option', `/${name} takes no file`, 'Send it without one.');
}

/** A picture by itself asks for what is offered on pictures. */
function bare(picture: Attachment | undefined, commands: readonly Command[]): Asked {
  const command = commands.find((each) => 'onPicture' in each);
  if (picture && command) return { command: command.name, values: {} };
  throw new DreamError(
    'unknown-command',
    'I understand commands and pictures, but no sentences',
    'Type `/` to see what I can do, or drop a picture here.',
  );
}

function pictureOption(asked: Asked, commands: readonly Command[]): string | undefined {
  const command = commands.find(({ name }) => name === asked.command);
  if (!command) return undefined;
  const simple =
    'subcommands' in command
      ? command.subcommands.find(({ name }) => name === asked.subcommand)
      : command;
  return Object.entries(simple?.options ?? {}).find(
    ([, { kind }]) => kind === 'picture' || kind === 'file',
  )?.[0];
}

/** Slash commands: run at once, or asked for their pictures by a form. */
import type { App, SlashCommand } from '@slack/bolt';
import type { Command, SimpleCommand } from '../../chat/command.ts';
import type { Options, RawValue } from '../../chat/option.ts';
import { parseCommandText } from '../../chat/text.ts';
import { checkValues } from '../../chat/values.ts';
import { DreamError } from '../../kit/errors.ts';
import { isDirect } from './address.ts';
import { attachedOptions, commandNamed, usualCommand, withCommand } from './commands.ts';
import { explaining, runCommand } from './desk.ts';
import type { Desk, Origin } from './desk.ts';
import { reasonOf } from './failures.ts';
import { fromMrkdwn } from './markup.ts';
import { modalFor } from './modal.ts';
import type { ModalMemory } from './modal.ts';
import { join } from './speech.ts';

export function listenToCommands(app: App, desk: Desk): void {
  app.command(/^\/./, async ({ command, ack }) => {
    await ack();
    const origin = originOf(command);
    if (desk.recent.seen(origin.id)) return;
    await explaining(desk, origin, () => slash(desk, origin, command));
  });
}

async function slash(desk: Desk, origin: Origin, typed: SlashCommand): Promise<void> {
  const text = asMeant(desk.commands, typed.command.slice(1), fromMrkdwn(typed.text));
  const { values, ...name } = parseCommandText(text, desk.commands);
  const command = commandNamed(desk.commands, name);
  if (command.announces === true) await checkCanAnnounce(desk, origin.channel);
  const attached = attachedOptions(command.options);
  if (attached.length === 0) {
    await runCommand(desk, origin, { ...name, values });
    return;
  }
  const { channel, thread, within, responseUrl } = origin;
  const remembered = { ...name, channel, thread, within, responseUrl, pictures: {} };
  // What is named for a file that is to come, the form asks for.
  const known = Object.entries(values).filter(([key, text]) => text || !attached.includes(key));
  await openModal(desk, command, typed.trigger_id, remembered, Object.fromEntries(known));
}

/** @throws DreamError where what comes of it later on could be told to nobody. */
async function checkCanAnnounce({ client, bot }: Desk, channel: string): Promise<void> {
  if (isDirect(channel) || (await join(client, channel))) return;
  const invitation = `Type \`/invite @${bot.name}\` here, then start again.`;
  throw new DreamError('not-allowed', 'I could announce nothing in this channel', invitation);
}

/** `/dream help` means `/help`, which in a workspace may be another app's. */
function asMeant(commands: readonly Command[], command: string, text: string): string {
  const usual = usualCommand(commands)?.name;
  return command === usual ? withCommand(commands, text, usual) : `${command} ${text}`;
}

/** @throws DreamError where what was typed would not do, or Slack did not get the form in time. */
export async function openModal(
  { client }: Desk,
  command: SimpleCommand,
  trigger: string,
  remembered: ModalMemory,
  typed: Readonly<Record<string, RawValue>>,
): Promise<void> {
  const checked = checkValues(optional(command.options), typed);
  try {
    await client.views.open({
      trigger_id: trigger,
      view: modalFor(command, remembered, checked),
    });
  } catch (error) {
    if (!['expired_trigger_id', 'exchanged_trigger_id'].includes(reasonOf(error) ?? '')) {
      throw error;
    }
    const message = 'the form could not be opened in time';
    throw new DreamError('fetch-failed', message, 'Ask again.', { cause: error });
  }
}

/** What is required can still be filled in. */
function optional(options: Options): Options {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.map(([name, option]) => [name, { ...option, required: false }]),
  );
}

function originOf(command: SlashCommand): Origin {
  return {
    id: `command/${command.trigger_id}`,
    user: { id: command.user_id, name: command.user_name },
    channel: command.channel_id,
    thread: null,
    within: null,
    responseUrl: command.response_url,
  };
}

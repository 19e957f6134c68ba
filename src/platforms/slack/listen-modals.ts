/** Forms: suggestions while they are filled in, faults beneath their fields, commands in the end. */
import type { App, SlackViewMiddlewareArgs, ViewOutput, ViewSubmitAction } from '@slack/bolt';
import { isDirect } from './address.ts';
import { attachedOptions, commandNamed } from './commands.ts';
import { placeOf, runCommand } from './desk.ts';
import type { Desk } from './desk.ts';
import { ACTION_ID, CALLBACK_ID, MOST_CHOICE, choice, readMemory } from './modal.ts';
import type { ModalMemory } from './modal.ts';
import { answersOf, faultsIn } from './modal-answers.ts';
import { join } from './speech.ts';

/** Slack waits for 3 s, in which there are two things to wait for. */
const MOST_WAIT = 1200;

export function listenToModals(app: App, desk: Desk): void {
  app.view<ViewSubmitAction>(CALLBACK_ID, (args) => submitted(desk, args));
  app.options(ACTION_ID, async ({ body, ack }) => {
    const { view, value, block_id: option, user } = body;
    const found = view ? await suggestions(desk, view, { option, text: value, user }) : [];
    await ack({ options: found.map(choice) });
  });
}

async function suggestions(
  { commands, handler, people, bot }: Desk,
  view: ViewOutput,
  asked: { option: string; text: string; user: { id: string; name: string } },
): Promise<string[]> {
  const { channel, command, subcommand } = readMemory(view.private_metadata);
  const name = { command, ...(subcommand === undefined ? {} : { subcommand }) };
  const { option, text, user } = asked;
  const found = await handler.complete({
    ...name,
    option,
    text,
    person: await people.find(user.id, user.name),
    place: placeOf(bot, channel),
    values: answersOf(commandNamed(commands, name), view),
  });
  // What was typed can be chosen as it is.
  const all = new Set([text.trim(), ...found].filter((value) => value !== ''));
  return [...all].filter((value) => value.length <= MOST_CHOICE);
}

async function submitted(
  desk: Desk,
  { view, body, ack }: SlackViewMiddlewareArgs<ViewSubmitAction>,
): Promise<void> {
  const remembered = readMemory(view.private_metadata);
  const { channel, thread, within, responseUrl, pictures, command, subcommand } = remembered;
  const name = { command, ...(subcommand === undefined ? {} : { subcommand }) };
  const { options } = commandNamed(desk.commands, name);
  const values = { ...answersOf(commandNamed(desk.commands, name), view), ...pictures };
  const faults = { ...(await closedDoor(desk, remembered)), ...faultsIn(options, values) };
  if (Object.keys(faults).length > 0) {
    await ack({ response_action: 'errors', errors: faults });
    return;
  }
  const id = `view/${view.id}`;
  if (desk.recent.seen(id)) return ack();
  const { user } = body;
  const asked = { ...name, values };
  const running = runCommand(desk, { id, user, channel, thread, within, responseUrl }, asked);
  // The form stays until the order is stored: a form that has closed was understood.
  await Promise.race([running, waited(MOST_WAIT)]);
  await ack();
  await running;
}

function waited(milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds, true).unref();
  });
}

/** The picture would have nowhere to go: better known before than after the dream. */
async function closedDoor(desk: Desk, remembered: ModalMemory): Promise<Record<string, string>> {
  const { channel } = remembered;
  const { options } = commandNamed(desk.commands, remembered);
  const [field] = attachedOptions(options).filter((name) => !(name in remembered.pictures));
  if (field === undefined || isDirect(channel)) return {};
  // Where Slack does not say, the form is not to blame.
  const open = join(desk.client, channel).catch(() => true);
  if (await Promise.race([open, waited(MOST_WAIT)])) return {};
  const invitation = `Type /invite @${desk.bot.name} there, then start again.`;
  return { [field]: `I cannot write in the channel that you asked in. ${invitation}` };
}

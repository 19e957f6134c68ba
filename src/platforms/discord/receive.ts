/** From interactions, as the gateway brings them, to events of the chat. */
import { ApplicationCommandType, ComponentType, InteractionType } from 'discord.js';
import type {
  APIApplicationCommandAutocompleteInteraction,
  APIApplicationCommandInteraction,
  APIInteraction,
  APIMessageApplicationCommandInteraction,
  APIMessageComponentInteraction,
} from 'discord.js';
import type { Command } from '../../chat/command.ts';
import type { ActionEvent, CommandEvent, Handler } from '../../chat/inbound.ts';
import { problemMessage } from '../../chat/words.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { isAnsweredAlready, isTooLate } from './failure.ts';
import { menuEntries, speaks } from './menu-entries.ts';
import {
  addressOf,
  isMember,
  missingPermissions,
  parentChannelOf,
  personOf,
  placeOf,
} from './people.ts';
import { pictureOf } from './pictures.ts';
import { respondTo } from './responder.ts';
import { filledOptions } from './values.ts';
import type { Wire } from './wire.ts';

export interface Receiver {
  readonly handler: Handler;
  readonly commands: readonly Command[];
  readonly wire: Wire;
  readonly log: Logger;
  /** The channel of a thread that the bot remembers. */
  readonly parentOf: (thread: string) => string | undefined;
}

type Asked = Pick<CommandEvent, 'command' | 'subcommand' | 'values'>;

const CHOICES = 25;
const CHOICE_LENGTH = 100;

export async function receive(interaction: APIInteraction, receiver: Receiver): Promise<void> {
  switch (interaction.type) {
    case InteractionType.ApplicationCommandAutocomplete:
      await complete(interaction, receiver);
      break;
    case InteractionType.ApplicationCommand:
      await receiveCommand(interaction, receiver);
      break;
    case InteractionType.MessageComponent:
      await receiver.handler.handle(actionOf(interaction, receiver));
      break;
    default:
      receiver.log.debug({ type: interaction.type }, 'an interaction that nothing here asks for');
  }
}

/** What only Discord's own rules forbid is told at once, to the person alone. */
async function receiveCommand(
  interaction: APIApplicationCommandInteraction,
  receiver: Receiver,
): Promise<void> {
  const event = eventOf(interaction, receiver);
  let asked: Asked;
  try {
    asked = askedOf(interaction, receiver.commands);
    checkPermissions(interaction, asked, receiver.commands);
  } catch (error) {
    if (!(error instanceof DreamError)) throw error;
    await event.responder.reply(problemMessage(error), { private: true });
    return;
  }
  await receiver.handler.handle({ ...event, kind: 'command', ...asked });
}

function askedOf({ data }: APIApplicationCommandInteraction, commands: readonly Command[]): Asked {
  if (data.type === ApplicationCommandType.ChatInput) {
    const { subcommand, values } = filledOptions(data.options, data.resolved);
    return { command: data.name, values, ...(subcommand === undefined ? {} : { subcommand }) };
  }
  const entry = menuEntries(commands).find(({ name }) => name === data.name);
  if (!entry || data.type !== ApplicationCommandType.Message) {
    const hint = 'The people who run this bot can bring the menus up to date: npm run register.';
    throw new DreamError('unknown-command', `there is no '${data.name}' any more`, hint);
  }
  const { command, subcommand, option } = entry;
  const values = { [option]: pictureAt(data) };
  return { command, values, ...(subcommand === undefined ? {} : { subcommand }) };
}

function pictureAt({
  resolved,
  target_id: target,
}: APIMessageApplicationCommandInteraction['data']) {
  const message = resolved.messages[target];
  const picture = message && pictureOf(message);
  if (picture) return picture;
  const hint = 'Choose a message that has a picture attached.';
  throw new DreamError('bad-picture', 'that message has no picture', hint);
}

/** Only for what is answered with a picture, or told later on: help is given everywhere. */
function checkPermissions(
  interaction: APIInteraction,
  asked: Asked,
  commands: readonly Command[],
): void {
  const when = speaks(commands, asked);
  if (when === 'no') return;
  if (when === 'later' && !isMember(interaction)) {
    const hint = 'Somebody who manages the server can add it.';
    throw new DreamError('not-allowed', 'the bot could announce nothing on this server', hint);
  }
  const missing = missingPermissions(interaction);
  if (missing.length === 0) return;
  throw new DreamError(
    'not-allowed',
    `in this channel the bot lacks ${missing.map((name) => `**${name}**`).join(' and ')}`,
    'Somebody who manages the server can allow it in the settings of the channel.',
  );
}

function actionOf(interaction: APIMessageComponentInteraction, receiver: Receiver): ActionEvent {
  const { data } = interaction;
  const choice = data.component_type === ComponentType.StringSelect ? data.values[0] : undefined;
  return {
    ...eventOf(interaction, receiver),
    kind: 'action',
    action: data.custom_id,
    ...(choice === undefined ? {} : { choice }),
  };
}

function eventOf(interaction: APIInteraction, parts: Receiver) {
  const address = addressOf(interaction);
  const parentChannel = parentChannelOf(interaction, parts.parentOf);
  return {
    id: interaction.id,
    person: personOf(interaction),
    place: placeOf(interaction),
    ...(parentChannel === undefined ? {} : { parentChannel }),
    address,
    responder: respondTo(interaction, address, parts),
  };
}

async function complete(
  interaction: APIApplicationCommandAutocompleteInteraction,
  { handler, wire }: Receiver,
): Promise<void> {
  const { subcommand, values, focused } = filledOptions(interaction.data.options);
  if (!focused) return;
  const texts = await handler.complete({
    person: personOf(interaction),
    place: placeOf(interaction),
    command: interaction.data.name,
    option: focused.name,
    text: focused.text,
    values,
    ...(subcommand === undefined ? {} : { subcommand }),
  });
  // A longer one could not be chosen.
  const fitting = texts.filter(({ length }) => length >= 1 && length <= CHOICE_LENGTH);
  try {
    await wire.suggest(interaction, fitting.slice(0, CHOICES));
  } catch (error) {
    // Whoever types fast has typed on.
    if (!isTooLate(error) && !isAnsweredAlready(error)) throw error;
  }
}

/** From an event to the command or action that it asks for. */
import { randomUUID } from 'node:crypto';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import type { Shelf } from '../kit/shelf.ts';
import { failureOf, isOurs } from '../studio/failure.ts';
import type { Contests } from '../studio/contests/contests.ts';
import type { Models } from '../studio/models.ts';
import type { Studio } from '../studio/studio.ts';
import { actorOf } from './actor.ts';
import type { Action, Command, Context, SimpleCommand } from './command.ts';
import { completionsFor } from './completions.ts';
import type { Courier } from './courier.ts';
import { findCommand, findSubcommand } from './find.ts';
import type { NewModels } from './new-models.ts';
import type { ActionEvent, CommandEvent, Handler, Inbound, Typing } from './inbound.ts';
import { SettingsOfPlaces, takesDreams } from './place-settings.ts';
import { Presses } from './presses.ts';
import { RecentEvents } from './recent-events.ts';
import { checkValues } from './values.ts';
import { problemMessage } from './words.ts';

export interface RouterParts {
  readonly studio: Studio;
  readonly models: Models;
  readonly shelf: Shelf;
  readonly courier: Courier;
  readonly contests: Contests;
  readonly newModels: Pick<NewModels, 'add' | 'remove'>;
  readonly galleryLink: Context['galleryLink'];
  readonly announce: Context['announce'];
  readonly commands: readonly Command[];
  readonly actions: readonly Action[];
  readonly log: Logger;
}

interface Routing extends RouterParts {
  readonly settings: SettingsOfPlaces;
}

export function createRouter(given: RouterParts): Handler {
  const parts: Routing = { ...given, settings: new SettingsOfPlaces(given.shelf) };
  const recent = new RecentEvents();
  const presses = new Presses();
  const run = async (inbound: Inbound): Promise<void> => {
    if (inbound.kind === 'command') return runCommand(parts, inbound);
    if (presses.isRepeated(inbound)) return inbound.responder.dismiss();
    try {
      await runAction(parts, inbound);
      presses.answered(inbound);
    } catch (error) {
      presses.forget(inbound);
      throw error;
    }
  };
  return {
    async handle(inbound) {
      if (recent.seen(`${inbound.place.platform}/${inbound.id}`)) return;
      try {
        await run(inbound);
      } catch (error) {
        await tell(inbound, error, parts.log);
      }
    },
    async complete(typing) {
      try {
        return await complete(parts, typing);
      } catch (error) {
        if (!(error instanceof DreamError)) parts.log.error({ err: error }, 'completion failed');
        return [];
      }
    },
  };
}

async function runCommand(parts: Routing, event: CommandEvent): Promise<void> {
  const command = chosenCommand(parts.commands, event);
  const context = await contextOf(parts, event);
  const { adminOnly = false } = command;
  if (adminOnly && !event.person.admin) {
    throw new DreamError('not-allowed', `/${event.command} is for admins of this place`);
  }
  await command.run(context, checkValues(command.options, event.values));
}

function chosenCommand(
  commands: readonly Command[],
  { command: name, subcommand }: Pick<CommandEvent, 'command' | 'subcommand'>,
): SimpleCommand {
  const command = findCommand(commands, name);
  if (!('subcommands' in command)) return command;
  const chosen = findSubcommand(command, subcommand ?? '');
  return command.adminOnly === true ? { ...chosen, adminOnly: true } : chosen;
}

async function runAction(parts: Routing, event: ActionEvent): Promise<void> {
  const [name, id = '', ...details] = event.action.split(':');
  const action = parts.actions.find((candidate) => candidate.name === name);
  const { choice } = event;
  const answers = { dismiss: () => event.responder.dismiss() };
  if (action?.about === 'contest') {
    const press = { contest: id, details, ...(choice === undefined ? {} : { choice }) };
    await action.run({ ...(await contextOf(parts, event)), ...answers }, press);
    return;
  }
  const order = await parts.studio.order(id);
  if (!action || order?.place.platform !== event.place.platform) {
    throw new DreamError(
      'unknown-order',
      'the dream that this button belongs to is no longer here',
      'Start a new one with /dream.',
    );
  }
  if (order.requester.id !== event.person.id) {
    const message = `this dream is ${order.requester.name}'s`;
    throw new DreamError('not-allowed', message, 'Start one of your own with /dream.');
  }
  await action.run({ ...(await contextOf(parts, event)), ...answers }, order, choice);
}

async function contextOf(parts: Routing, event: Inbound): Promise<Context> {
  const { studio, models, contests, courier, commands, log } = parts;
  const { galleryLink, announce, newModels } = parts;
  const { person, place, parentChannel: channel = place.channel, responder } = event;
  const settings = await parts.settings.read(place);
  return {
    ...{
      person,
      place,
      channel,
      settings,
      studio,
      models,
      contests,
      commands,
      galleryLink,
      announce,
    },
    event: event.id,
    actor: actorOf(person, place),
    changeSettings: (change) => parts.settings.change(place, change),
    addModel: (asked) => newModels.add(asked, event),
    removeModel: (name) => newModels.remove(name, event),
    forgetHere: responder.forget ? () => responder.forget!() : null,
    async reply(outbound, options) {
      if (typeof outbound !== 'function') return responder.reply(outbound, options);
      await responder.prepare(options);
      await responder.reply(await outbound(), options);
    },
    async order(asked) {
      const { spoiler } = settings;
      if (!takesDreams(settings, channel, place.channel)) {
        const message = 'dreams are made in other channels of this server';
        throw new DreamError('not-allowed', message, 'An admin can change it with /settings.');
      }
      const requester = { id: person.id, name: person.name };
      const { address, id } = event;
      const order = await studio.submit({
        ...asked,
        requester,
        place,
        address,
        event: id,
        spoiler,
      });
      log.info({ order: order.id, platform: place.platform, model: order.job.model }, 'accepted');
      await courier.acknowledge(order, responder);
    },
  };
}

async function complete(parts: RouterParts, typing: Typing): Promise<readonly string[]> {
  const command = chosenCommand(parts.commands, typing);
  const option = command.options[typing.option];
  return option ? completionsFor(option, typing, parts) : [];
}

const OUR_SIDE = 'something went wrong on our side';

/**
 * A failure is told to the person alone; a defect, and what is wrong on the machine, by a number
 * that the log has too.
 */
async function tell({ responder, place }: Inbound, error: unknown, log: Logger): Promise<void> {
  let told = failureOf(error);
  if (isOurs(error)) {
    const incident = randomUUID().slice(0, 8);
    log.error({ err: error, incident, platform: place.platform }, 'an event failed');
    const hint = `If it happens again, tell the people who run this bot: incident ${incident}.`;
    const { code, message } = told;
    told = code === 'internal' ? { code, message: OUR_SIDE, hint } : { code, message, hint };
  }
  try {
    await responder.reply(problemMessage(told), { private: true });
  } catch (failure) {
    log.warn({ err: failure, platform: place.platform }, 'a problem could not be told');
  }
}

/** What every listener needs, and how an event becomes one that the router takes. */
import type { webApi } from '@slack/bolt';
import type { Command } from '../../chat/command.ts';
import type { CommandEvent, Handler, Inbound } from '../../chat/inbound.ts';
import { RecentEvents } from '../../chat/recent-events.ts';
import { problemMessage } from '../../chat/words.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import { isDirect } from './address.ts';
import type { Place } from './address.ts';
import type { Identity } from './login.ts';
import type { People } from './people.ts';
import { responderFor } from './responder.ts';

export interface Desk {
  readonly client: webApi.WebClient;
  readonly commands: readonly Command[];
  readonly handler: Handler;
  readonly people: People;
  readonly log: Logger;
  readonly bot: Identity;
  readonly recent: RecentEvents;
}

/** Who did something, where, and where it is answered. */
export interface Origin {
  /** Of the event. */
  readonly id: string;
  readonly user: { readonly id: string; readonly name?: string };
  readonly channel: string;
  /** The channel that it is about, where it is answered in another. */
  readonly about?: string;
  readonly thread: string | null;
  /** The thread that the person was in; null in the channel itself. */
  readonly within: string | null;
  readonly responseUrl: string | null;
}

export type Asked = Pick<CommandEvent, 'command' | 'values'> & { readonly subcommand?: string };

type EventBase = Pick<Inbound, 'id' | 'person' | 'place' | 'address' | 'responder'>;

export async function runCommand(desk: Desk, origin: Origin, asked: Asked): Promise<void> {
  await desk.handler.handle({ kind: 'command', ...(await eventOf(desk, origin)), ...asked });
}

export async function runAction(
  desk: Desk,
  origin: Origin,
  pressed: { readonly action: string; readonly choice?: string },
): Promise<void> {
  await desk.handler.handle({ kind: 'action', ...(await eventOf(desk, origin)), ...pressed });
}

async function eventOf(desk: Desk, origin: Origin): Promise<EventBase> {
  const { client, log, bot } = desk;
  const { id, user, channel, about = channel, thread, within, responseUrl } = origin;
  const person = await desk.people.find(user.id, user.name);
  const address = { team: bot.team, channel, thread, message: null, person: person.id };
  const botName = bot.name;
  const responder = responderFor({ client, log, address, about, within, responseUrl, botName });
  return { id, person, place: placeOf(bot, about), address, responder };
}

export function placeOf(bot: Identity, channel: string): Place {
  if (isDirect(channel)) return { platform: 'slack', channel };
  return { platform: 'slack', server: bot.team, channel };
}

/** What is wrong with the question itself is answered here: there is nothing to route. */
export async function explaining(
  desk: Desk,
  origin: Origin,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { responder } = await eventOf(desk, origin);
    await responder.reply(problemMessage(explained(desk, error)), { private: true });
  }
}

function explained({ log }: Desk, error: unknown): DreamError {
  if (error instanceof DreamError) return error;
  log.error({ err: error }, 'an event of Slack was not understood');
  return new DreamError('internal', 'something went wrong between Slack and me', 'Ask again.');
}

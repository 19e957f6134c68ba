/** Commands, and a handler that does what a test says. */
import { EventEmitter, once } from 'node:events';
import type { Command } from '../../../src/chat/command.ts';
import type { Handler, Inbound, Typing } from '../../../src/chat/inbound.ts';
import type { Outbound, OutboundPicture } from '../../../src/chat/outbound.ts';
import type { Platform } from '../../../src/chat/platform.ts';
import type { Who } from '../../helpers/platform-harness.ts';
import { SlackServer } from '../../helpers/slack-server.ts';

const run = (): Promise<void> => Promise.resolve();

/** One option of each kind, one command of each kind. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'dream',
    description: 'Dreams on a picture',
    onPicture: 'Dream this picture',
    run,
    options: {
      layer: { kind: 'text', description: 'Where', maxLength: 200, completes: 'layer' },
      picture: { kind: 'picture', description: 'On what', required: true },
      mood: { kind: 'choice', description: 'How', choices: ['calm', 'wild'] },
      octaves: { kind: 'integer', description: 'How often', min: 1, max: 12 },
      strength: { kind: 'number', description: 'How much', min: 0.1, max: 9.5 },
      veil: { kind: 'switch', description: 'Behind a veil' },
      note: { kind: 'text', description: 'To remember it by', maxLength: 9000 },
    },
  },
  {
    name: 'contest',
    description: 'Who dreams best',
    subcommands: [
      { name: 'list', description: 'All of them', options: {}, run },
      { name: 'start', description: 'A new one', options: {}, announces: true, run },
      {
        name: 'submit',
        description: 'Takes part',
        onPicture: 'Submit to the contest',
        run,
        options: {
          picture: { kind: 'picture', description: 'With what', required: true },
          title: { kind: 'text', description: 'Its name', maxLength: 80, required: true },
        },
      },
    ],
  },
  {
    name: 'layers',
    description: 'Where one can dream',
    options: { model: { kind: 'text', description: 'Of what', maxLength: 50 } },
    run,
  },
];

export interface Scripted extends Handler {
  readonly events: Inbound[];
  readonly typings: Typing[];
  completions: readonly string[];
  /** Resolves when so many events have come. */
  heard(count: number): Promise<void>;
}

/** @param act what is done about an event */
export function scripted(act: (inbound: Inbound) => Promise<unknown> = run): Scripted {
  const events: Inbound[] = [];
  const typings: Typing[] = [];
  const arrivals = new EventEmitter();
  return {
    async heard(count) {
      while (events.length < count) await once(arrivals, 'event');
    },
    events,
    typings,
    completions: [],
    async handle(inbound) {
      events.push(inbound);
      arrivals.emit('event');
      await act(inbound);
    },
    complete(typing) {
      typings.push(typing);
      return Promise.resolve(this.completions);
    },
  };
}

export const KEY = 'abcdef123456';
export const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 1, 2, 3]);

export function picture(more: Partial<OutboundPicture> = {}): OutboundPicture {
  return {
    name: `dream-${KEY}`,
    alt: 'A dog of pagodas',
    spoiler: false,
    id: `${KEY}/result`,
    fileWithin: () =>
      Promise.resolve({ bytes: PNG, name: `dream-${KEY}.png`, contentType: 'image/png' }),
    ...more,
  };
}

export const PROGRESS: Outbound = {
  text: '**Dream of mixed5** · 42 %',
  progress: { fraction: 0.42, eta: 30 },
  buttons: [{ action: `cancel:${KEY}`, label: 'Cancel', style: 'danger' }],
};

export const DONE: Outbound = {
  text: '**Dream of mixed5**',
  picture: picture(),
  fields: [
    { name: 'Climbed', value: 'mixed4 < mixed5 & `more`' },
    { name: 'Seed', value: '7' },
  ],
  buttons: [
    { action: `deeper:${KEY}`, label: 'Deeper', style: 'main' },
    { action: `again:${KEY}`, label: 'Again' },
  ],
};

/** Takes an event to its end: acknowledged, shown, delivered. */
export function dreaming(platform: () => Platform, done: Outbound = DONE) {
  return async ({ responder, person }: Inbound): Promise<void> => {
    const address = await platform().show(await responder.acknowledge(), PROGRESS);
    await platform().deliver(address, done, { key: KEY, again: false, person: person.id });
  };
}

export function idOf(server: SlackServer, who: Who): string {
  return server.workspace.user(who).id;
}

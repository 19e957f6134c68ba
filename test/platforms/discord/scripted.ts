/** Commands, and a handler that does what a test says. */
import type { Command } from '../../../src/chat/command.ts';
import type { Handler, Inbound, Typing } from '../../../src/chat/inbound.ts';
import type { Outbound, OutboundPicture, PictureFile } from '../../../src/chat/outbound.ts';

const run = (): Promise<void> => Promise.resolve();

/** One option of each kind, one command of each kind. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'dream',
    description: 'Dreams on a picture',
    onPicture: 'Dream this picture',
    run,
    options: {
      layer: { kind: 'text', description: 'Where', maxLength: 100, completes: 'layer' },
      picture: { kind: 'picture', description: 'On what' },
      mood: { kind: 'choice', description: 'How', choices: ['calm', 'wild'] },
      octaves: { kind: 'integer', description: 'How often', min: 1, max: 12 },
      strength: { kind: 'number', description: 'How much', min: 0.1, max: 9.5 },
      spoiler: { kind: 'switch', description: 'Behind a veil' },
    },
  },
  {
    name: 'models',
    description: 'What can dream',
    subcommands: [
      { name: 'list', description: 'All of them', options: {}, run },
      {
        name: 'show',
        description: 'One of them',
        run,
        options: {
          size: { kind: 'integer', description: 'How large', min: 1, max: 9 },
          model: {
            kind: 'text',
            description: 'Which',
            maxLength: 9000,
            completes: 'model',
            required: true,
          },
        },
      },
    ],
  },
  { name: 'settings', description: 'Of this server', adminOnly: true, options: {}, run },
  {
    name: 'contest',
    description: 'Of dreams',
    subcommands: [{ name: 'start', description: 'One', options: {}, announces: true, run }],
  },
];

export interface Scripted extends Handler {
  readonly events: Inbound[];
  readonly typings: Typing[];
  completions: readonly string[];
}

/** @param act what is done about an event */
export function scripted(act: (inbound: Inbound) => Promise<unknown> = run): Scripted {
  const events: Inbound[] = [];
  const typings: Typing[] = [];
  return {
    events,
    typings,
    completions: [],
    async handle(inbound) {
      events.push(inbound);
      await act(inbound);
    },
    complete(typing) {
      typings.push(typing);
      return Promise.resolve(this.completions);
    },
  };
}

/** A file of so many bytes, or smaller where less is allowed. */
export function picture(bytes: number, more: Partial<OutboundPicture> = {}): OutboundPicture {
  const file = (length: number): PictureFile => ({
    bytes: new Uint8Array(length).fill(7),
    name: length === bytes ? 'dream 1.png' : 'dream 1.webp',
    contentType: length === bytes ? 'image/png' : 'image/webp',
  });
  return {
    name: 'dream 1',
    alt: 'A dog of pagodas',
    spoiler: false,
    id: 'abc/result',
    fileWithin: (limit) => Promise.resolve(file(Math.min(bytes, limit))),
    ...more,
  };
}

export const DONE: Outbound = {
  text: 'Here is **your dream**.',
  picture: picture(1000),
  fields: [
    { name: 'Layer', value: 'mixed5' },
    { name: 'Seed', value: '7' },
  ],
  buttons: [
    { action: 'deeper:abcdef123456', label: 'Deeper', style: 'main' },
    { action: 'again:abcdef123456', label: 'Again' },
  ],
  menu: {
    action: 'layer:abcdef123456',
    placeholder: 'Other layer',
    choices: [{ value: 'mixed3', label: 'mixed3', description: 'eyes' }],
  },
};

/** The web chat on a port of its own, with a handler that does what the test says. */
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { Command } from '../../src/chat/command.ts';
import type { Handler, Inbound, Typing } from '../../src/chat/inbound.ts';
import { silentLog } from '../../src/kit/log.ts';
import type { Platform } from '../../src/chat/platform.ts';
import { webChat } from '../../src/platforms/web/index.ts';
import type { WebChatParts } from '../../src/platforms/web/index.ts';

export interface RunningChat {
  readonly url: string;
  readonly platform: Platform;
  close(): Promise<void>;
}

/**
 * It listens; `platform.start` is still to come.
 * @param wanted the port; any by default.
 */
export async function listeningChat(
  parts: Omit<WebChatParts, 'app' | 'log'> & Partial<Pick<WebChatParts, 'log'>>,
  wanted = 0,
): Promise<RunningChat> {
  const app = Fastify({ forceCloseConnections: true });
  const platform = webChat({ app, log: silentLog, ...parts });
  await app.listen({ host: '127.0.0.1', port: wanted });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    platform,
    async close() {
      await platform.stop();
      await app.close();
    },
  };
}

/** Keeps what came in, and answers with what it was given. */
export class ScriptedHandler implements Handler {
  readonly events: Inbound[] = [];
  readonly typed: Typing[] = [];
  /** What happens to an event; nothing, unless the test says otherwise. */
  onEvent: (event: Inbound) => Promise<unknown> = (event) => event.responder.dismiss();
  completions: readonly string[] = [];

  async handle(inbound: Inbound): Promise<void> {
    this.events.push(inbound);
    await this.onEvent(inbound);
  }

  complete(typing: Typing): Promise<readonly string[]> {
    this.typed.push(typing);
    return Promise.resolve(this.completions);
  }
}

const run = (): Promise<void> => Promise.reject(new Error('a platform runs no commands'));

/** Commands with every kind of option. */
export const SAMPLE_COMMANDS: readonly Command[] = [
  {
    name: 'dream',
    description: 'Dreams on a picture',
    onPicture: 'Dream on this',
    options: {
      picture: { kind: 'picture', description: 'The picture to dream on' },
      layer: {
        kind: 'text',
        description: 'The layer whose patterns appear',
        maxLength: 200,
        completes: 'layer',
      },
      preset: {
        kind: 'choice',
        description: 'A recipe to begin with',
        choices: ['default', 'caffe', 'keras'],
      },
      octaves: { kind: 'integer', description: 'Sizes to dream at', min: 1, max: 12 },
      strength: { kind: 'number', description: 'How far each step goes', min: 0, max: 10 },
      deep: { kind: 'switch', description: 'Allows the deepest layers' },
    },
    run,
  },
  { name: 'queue', description: 'What is being dreamed, and what waits', options: {}, run },
  {
    name: 'models',
    description: 'The networks that can dream',
    subcommands: [
      { name: 'list', description: 'All of them', options: {}, run },
      {
        name: 'show',
        description: 'The layers of one',
        options: {
          model: { kind: 'text', description: 'Its name', maxLength: 80, completes: 'model' },
        },
        run,
      },
    ],
  },
];

/** Takes files of any type. */
export const FILE_COMMAND: Command = {
  name: 'box',
  description: 'Takes files',
  subcommands: [
    {
      name: 'add',
      description: 'Takes one',
      options: { file: { kind: 'file', description: 'The file', required: true } },
      run,
    },
    {
      name: 'list',
      description: 'Takes none',
      options: {},
      run,
    },
  ],
};

/** Takes a picture, and another beside it. */
export const PAIR_COMMAND: Command = {
  name: 'pair',
  description: 'Takes two pictures',
  options: {
    picture: { kind: 'picture', description: 'The picture' },
    mask: { kind: 'picture', description: 'Where it counts' },
  },
  run,
};

/** The whole bot on one platform: real router, real studio, real render processes. */
import { join } from 'node:path';
import { actions } from '../../commands/actions.ts';
import { commands } from '../../commands/index.ts';
import { ChatBot } from '../../src/chat/bot.ts';
import type { ChatBotParts } from '../../src/chat/bot.ts';
import type { Platform } from '../../src/chat/platform.ts';
import { silentLog } from '../../src/kit/log.ts';
import { Contests } from '../../src/studio/contests/contests.ts';
import { LocalStudio } from '../../src/studio/local-studio.ts';
import { Models } from '../../src/studio/models.ts';

export interface TestBot {
  readonly studio: LocalStudio;
  /** As a stop by a signal does. */
  stop(): Promise<void>;
}

type TestBotParts = Partial<Pick<ChatBotParts, 'models' | 'adding'>>;

export async function startTestBot(
  dataDir: string,
  connect: (studio: LocalStudio) => Promise<Platform>,
  { models = new Models({ deepLayers: true }), ...more }: TestBotParts = {},
): Promise<TestBot> {
  const log = silentLog;
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const studio = await LocalStudio.open({ dataDir, models, log, environment, version: 'test' });
  const platforms = [await connect(studio)];
  const { shelf } = studio;
  const contests = new Contests({
    ...{ tables: studio.tables, studio, log },
    folder: join(dataDir, 'contests'),
  });
  const bot = { studio, models, contests, shelf, platforms, commands, actions, log, ...more };
  const chat = new ChatBot(bot);
  await studio.recover();
  await chat.start();
  return {
    studio,
    async stop() {
      await studio.drain(0);
      await chat.stop();
      await studio.close();
    },
  };
}

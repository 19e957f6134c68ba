/** The bot, put together from its settings. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { actions } from '../../commands/actions.ts';
import { commands } from '../../commands/index.ts';
import { ChatBot } from '../chat/bot.ts';
import { galleryOf } from '../chat/contests/gallery.ts';
import { createDownloader } from '../chat/download.ts';
import type { Platform } from '../chat/platform.ts';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { serveGallery } from '../platforms/web/gallery/index.ts';
import { clearLeftovers } from '../studio/adding/workplaces.ts';
import { Contests } from '../studio/contests/contests.ts';
import type { LocalStudioOptions } from '../studio/local-studio-options.ts';
import { LocalStudio } from '../studio/local-studio.ts';
import { Models } from '../studio/models.ts';
import { galleryLinks } from './gallery.ts';
import { addingRules } from './model-admins.ts';
import { createMetrics, serveOperations } from './operations.ts';
import { connectedPlatforms } from './platforms.ts';
import type { Settings } from './settings.ts';

/** Milliseconds of a stop that are kept for messages on their way. */
const MESSAGES = 3000;
/** Milliseconds that a stop may take even where nothing is waited for. */
const SHORTEST_STOP = 1000;

/** Milliseconds for a whole request to arrive: a picture over a slow line. */
const REQUEST_TIME = 300_000;

const ROOT = new URL('../../', import.meta.url);

/** Milliseconds in which all new folders are looked at. */
const PATIENCE = 3_600_000;

export interface Bot {
  /** Where the page, health and metrics are. */
  readonly url: string;
  readonly platforms: readonly Platform[];
  readonly studio: LocalStudio;
  /** Finishes what it can within STOP_SECONDS, and hands the rest to the next start. */
  stop(): Promise<void>;
}

export interface BotOptions {
  readonly settings: Settings;
  readonly log: Logger;
  /** What render processes see of the environment. */
  readonly renderEnvironment: Readonly<Record<string, string | undefined>>;
}

/** @throws DreamError where a token is refused, a port is taken, or the folder is in use. */
export async function startBot({ settings, log, renderEnvironment }: BotOptions): Promise<Bot> {
  const metrics = createMetrics();
  const { MODELS_DIR } = settings;
  // Whether a job may use deep layers is for the place's settings to say.
  const models = new Models({
    ...{ deepLayers: true, environment: renderEnvironment },
    ...(MODELS_DIR === undefined ? {} : { folder: MODELS_DIR }),
  });
  const keeper: { contests?: Contests } = {};
  const studio = await LocalStudio.open({
    ...{ models, log, observer: metrics.observer, environment: renderEnvironment },
    ...studioSettings(settings),
    version: await programVersion(),
    keeping: {
      ...{ days: settings.KEEP_DAYS, bytes: settings.KEEP_GB * 1e9 },
      needed: async (order) => (await keeper.contests?.needs(order)) ?? true,
    },
  });
  const contests = contestsOf(settings, studio, log);
  keeper.contests = contests;
  const app = fastify({ forceCloseConnections: true, requestTimeout: REQUEST_TIME });
  const downloader = createDownloader({ trustedHosts: settings.PICTURE_HOSTS });
  const { download } = downloader;
  const platforms = await connectedPlatforms({ settings, log, app, studio, commands, download });
  const { shelf } = studio;
  const galleryLink = galleryLinks(settings, () => app.listeningOrigin);
  const parts = { studio, models, contests, galleryLink, shelf, platforms, commands, actions, log };
  const chat = new ChatBot({ ...parts, adding: addingRules(settings, renderEnvironment) });
  serveGallery(app, galleryOf(contests));
  serveOperations(app, { metrics, studio, platforms });

  const end = async (rendering: number): Promise<void> => {
    await studio.drain(rendering);
    await chat.stop();
    await Promise.all([studio.close(), app.close(), downloader.close()]);
  };
  const stop = async (seconds: number): Promise<void> => {
    const deadline = seconds * 1000;
    const late = after(Math.max(deadline, SHORTEST_STOP), 'late' as const, { ref: false });
    const ended = end(deadline - Math.min(MESSAGES, deadline / 2));
    if ((await Promise.race([ended, late])) !== 'late') return;
    log.warn({ seconds }, 'stopped in the middle: the next start goes on from there');
  };
  try {
    const url = await listen(app, settings);
    // New folders are looked at, which may take a while: nobody has to wait for that.
    void reportBroken(models, log);
    await studio.recover(platforms.map(({ name }) => name));
    await contests.tidy();
    await chat.start();
    studio.warm();
    return { url, platforms, studio, stop: () => stop(settings.STOP_SECONDS) };
  } catch (error) {
    // Nobody waits for renders that the next start takes up anyway.
    await stop(0).catch((failure: unknown) => {
      log.warn({ err: failure }, 'stopping failed');
    });
    throw error;
  }
}

/** What of the settings is for the studio as it stands. */
function studioSettings(settings: Settings) {
  return {
    ...{ dataDir: settings.DATA_DIR, databaseUrl: settings.DATABASE_URL },
    ...{ concurrency: settings.CONCURRENCY, screening: settings.SCREENING },
    maxMinutes: settings.MAX_RENDER_MINUTES,
    engine: settings.ENGINE === 'auto' ? {} : { engine: settings.ENGINE },
    limits: {
      all: settings.MAX_QUEUE,
      perPerson: settings.MAX_PER_PERSON,
      perServer: settings.MAX_PER_SERVER,
    },
  } satisfies Partial<LocalStudioOptions>;
}

function contestsOf({ DATA_DIR }: Settings, studio: LocalStudio, log: Logger): Contests {
  const { tables } = studio;
  return new Contests({ ...{ tables, studio, log }, folder: join(DATA_DIR, 'contests') });
}

async function listen(app: FastifyInstance, { HOST, PORT }: Settings): Promise<string> {
  try {
    return await app.listen({ host: HOST, port: PORT });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOTFOUND', 'EAI_AGAIN', 'EADDRNOTAVAIL'].includes(code)) {
      const message = `HOST is '${HOST}', which is no address of this machine`;
      throw new DreamError('bad-option', message, 'Leave it out for this machine alone.', {
        cause: error,
      });
    }
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const reason = code === 'EADDRINUSE' ? 'is in use' : 'may not be used';
    throw new DreamError(
      'bad-option',
      `the port ${PORT} on ${HOST} ${reason}`,
      'Set PORT to another one, or stop what uses it.',
      { cause: error },
    );
  }
}

/** A bad folder in models/ stops nothing, but nobody should have to search for the reason. */
async function reportBroken(models: Models, log: Logger): Promise<void> {
  try {
    await clearLeftovers(models.folder);
    for (const { name, error } of await models.broken(PATIENCE)) {
      log.warn({ model: name, problem: error.message }, 'a model cannot be used');
    }
  } catch (error) {
    log.error({ err: error }, 'the models cannot be listed');
  }
}

async function programVersion(): Promise<string> {
  const file = await readFile(join(fileURLToPath(ROOT), 'package.json'), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

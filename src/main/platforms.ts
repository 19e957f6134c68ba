/** Which chat platforms take part. To add one: a case here, its variables in settings.ts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Command } from '../chat/command.ts';
import type { Download } from '../chat/download.ts';
import type { Platform } from '../chat/platform.ts';
import { DreamError } from '../kit/errors.ts';
import type { Logger } from '../kit/log.ts';
import { discordPlatform } from '../platforms/discord/index.ts';
import { slackPlatform } from '../platforms/slack/index.ts';
import { webChat } from '../platforms/web/index.ts';
import type { LocalStudio } from '../studio/local-studio.ts';
import { isLoopback } from './model-admins.ts';
import type { Settings } from './settings.ts';

export interface PlatformParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly app: FastifyInstance;
  readonly studio: LocalStudio;
  readonly commands: readonly Command[];
  readonly download: Download;
}

export async function connectedPlatforms(parts: PlatformParts): Promise<Platform[]> {
  const { WEB_CHAT } = parts.settings;
  const remote = [discord(parts), slack(parts)].filter((platform) => platform !== null);
  const web = WEB_CHAT === 'on' || (WEB_CHAT === 'auto' && remote.length === 0);
  return web ? [...remote, await localChat(parts)] : remote;
}

function discord({ settings, log, commands, download }: PlatformParts): Platform | null {
  const { DISCORD_TOKEN: token, DISCORD_API_URL: apiUrl, PICTURE_HOSTS: pictureHosts } = settings;
  if (token === undefined) return null;
  return discordPlatform({
    ...{ token, apiUrl, log, commands, download, pictureHosts },
    maxPictureBytes: settings.MAX_PICTURE_MB * 2 ** 20,
  });
}

function slack({ settings, log, commands, download }: PlatformParts): Platform | null {
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, SLACK_API_URL } = settings;
  const { SLACK_PORT: port, HOST: host, PICTURE_HOSTS: pictureHosts } = settings;
  if (SLACK_BOT_TOKEN === undefined) return null;
  const connection =
    SLACK_APP_TOKEN === undefined
      ? { http: { signingSecret: SLACK_SIGNING_SECRET!, port, host } }
      : { appToken: SLACK_APP_TOKEN };
  return slackPlatform({
    ...{ log, commands, download, pictureHosts, botToken: SLACK_BOT_TOKEN },
    ...{ apiUrl: SLACK_API_URL, maxPictureBytes: settings.MAX_PICTURE_MB * 2 ** 20 },
    ...connection,
  });
}

async function localChat({
  settings,
  log,
  app,
  studio,
  commands,
}: PlatformParts): Promise<Platform> {
  const { HOST } = settings;
  if (!isLoopback(HOST)) {
    log.warn({ host: HOST }, 'whoever reaches the chat page is an admin: something has to ask who');
  }
  const root = new URL('../../', import.meta.url);
  const [before, after] = await Promise.all([
    readFile(new URL('examples/clouds.png', root)),
    readFile(new URL('docs/clouds-mixed5.jpg', root)),
  ]);
  return webChat({
    ...{ app, log, commands, shelf: studio.shelf, hosts: settings.WEB_HOSTS },
    uploadsDir: join(settings.DATA_DIR, 'uploads'),
    maxPicture: settings.MAX_PICTURE_MB * 2 ** 20,
    maxFile: settings.MAX_MODEL_MB * 2 ** 20,
    maxUploads: settings.MAX_UPLOADS_MB * 2 ** 20,
    pictures: { read: (id) => readPicture(studio, id) },
    examples: [
      { line: '/dream layer:mixed5', says: 'Animals and things in the clouds' },
      { line: '/dream layer:mixed3 size:512', says: 'Patterns, smaller and quicker' },
      { line: '/layers', says: 'What each layer makes of a picture' },
    ],
    sample: { before, after },
  });
}

/** @param id '<order>/result' or '<order>/source' */
function readPicture(studio: LocalStudio, id: string): Promise<Uint8Array> {
  const [order, which] = id.split('/');
  if (order !== undefined && which === 'result') return studio.result(order);
  if (order !== undefined && which === 'source') return studio.source(order);
  throw new DreamError('unknown-order', 'there is no such picture');
}

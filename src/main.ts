/** `npm start`: the bot, from the environment's settings until it is told to stop. */
import { DreamError } from './kit/errors.ts';
import type { Logger } from './kit/log.ts';
import { startBot } from './main/bot.ts';
import type { Bot } from './main/bot.ts';
import { loadEnvFile } from './main/env-file.ts';
import { createLog } from './main/log.ts';
import { renderEnvironment } from './main/render-environment.ts';
import { readSettings } from './main/settings.ts';
import type { Settings } from './main/settings.ts';

const FAILED = 1;
/** As the command line ends where options cannot be. */
const BAD_SETTINGS = 2;

async function main(): Promise<void> {
  const settings = settingsOfEnvironment();
  const log = createLog(settings);
  tellOfDefects(log);
  const ending = endWhenTold(log);
  const bot = await startBot({
    settings,
    log,
    renderEnvironment: renderEnvironment(process.env),
  });
  ending.up(bot);
  const names = bot.platforms.map(({ name }) => name).join(', ');
  log.info({ url: bot.url, platforms: names }, 'the bot is up');
  if (process.stdout.isTTY || bot.platforms.some(({ name }) => name === 'web')) {
    process.stderr.write(`dream: ${names} · ${bot.url}\n`);
  }
}

/**
 * Listens to signals from the beginning: the first process of a container is not ended by those
 * that it does not listen to.
 */
function endWhenTold(log: Logger): { up(bot: Bot): void } {
  let running: Bot | undefined;
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Asked twice: at once. What is stored is safe.
    if (stopping) process.exit(130);
    stopping = true;
    log.info({ signal }, 'stopping');
    // Nothing has been taken on yet.
    if (!running) process.exit(0);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  return {
    up(bot) {
      running = bot;
    },
  };
}

/** What nobody catches ends the process: into the log, without what errors carry along. */
function tellOfDefects(log: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      const words = lastWords(error);
      log.error({ words }, 'the bot ends');
      process.stderr.write(`dream: ${words}\n`);
      process.exit(1);
    });
  }
}

/** What somebody can do something about says so itself; of a defect it has to be known where it was. */
function lastWords(error: unknown): string {
  if (error instanceof DreamError) return linesOf(error);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function settingsOfEnvironment(): Settings {
  try {
    loadEnvFile();
    return readSettings(process.env);
  } catch (error) {
    return fail(error, BAD_SETTINGS);
  }
}

/** Ends, with the words of what somebody can do something about. */
function fail(error: unknown, exitCode: number): never {
  if (!(error instanceof DreamError)) throw error;
  process.stderr.write(`dream: ${linesOf(error)}\n`);
  process.exit(exitCode);
}

/** What is wrong, and what can be done about it. */
function linesOf({ message, hint }: DreamError): string {
  return hint === undefined ? message : `${message}\n${hint}`;
}

try {
  await main();
} catch (error) {
  fail(error, FAILED);
}

/** `npm start` as a process of its own, to be stopped and killed. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));

export type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface BotProcess {
  readonly pid: number;
  /** Where its page is, once it is up; fails where it ends before. */
  readonly up: Promise<string>;
  readonly ended: Promise<Ended>;
  /** Lines of its log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** All that it wrote, wherever it went. */
  output(): string;
  /** The processes in which it rendered. */
  renderProcesses(): readonly number[];
  /** Resolves when a line of the log fits. */
  logged(fits: (line: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** As a power cut would: nothing in it gets to know. */
  kill(): Promise<Ended>;
}

/** Every bot that was started: a test that fails leaves none behind. */
const running = new Set<BotProcess>();

/** @param folder its working folder too: nobody's `.env` is read. */
export function startBotProcess(folder: string, variables: Variables): BotProcess {
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [START, MAIN], {
    cwd: folder,
    env: {
      ...{ PATH: process.env['PATH'], HOME: process.env['HOME'] },
      ...{ DATA_DIR: 'data', PORT: '0', LOG_LEVEL: 'debug', STOP_SECONDS: '10', ...variables },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const log: Record<string, unknown>[] = [];
  let output = '';
  let waiting: (() => void)[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  createInterface(child.stdout).on('line', (line) => {
    output += `${line}\n`;
    log.push(JSON.parse(line) as Record<string, unknown>);
    const looks = waiting;
    waiting = [];
    for (const look of looks) look();
  });
  const first = async (fits: (line: Record<string, unknown>) => boolean) => {
    for (;;) {
      const found = log.find(fits);
      if (found) return found;
      const news = new Promise<void>((resolve) => waiting.push(resolve));
      const how = await Promise.race([news, ended]);
      if (how && !log.some(fits))
        throw new Error(`the bot ended: ${JSON.stringify(how)}\n${output}`);
    }
  };
  const up = first(({ msg }) => msg === 'the bot is up').then(({ url }) => url as string);
  // A bot that is killed before it is up is what some tests want.
  up.catch(() => undefined);
  const bot: BotProcess = {
    ...{ pid: child.pid!, up, ended, log, output: () => output },
    renderProcesses: () => [
      ...new Set(log.flatMap(({ msg, pid }) => (msg === 'render begun' ? (pid as number) : []))),
    ],
    async logged(fits) {
      await first(fits);
    },
    signal: (name) => void child.kill(name),
    kill() {
      child.kill('SIGKILL');
      return ended;
    },
  };
  running.add(bot);
  void ended.then(() => running.delete(bot));
  return bot;
}

export async function killAll(): Promise<void> {
  await Promise.all([...running].map((bot) => bot.kill()));
}

/** A contest whose bot is killed again and again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../src/kit/random.ts';
import type { Home } from './databases.ts';

export interface Outcome {
  /** All that the database holds of the contest in the end, as JSON. */
  readonly end: string;
  /** 'voting false' and so on: a phase, and whether an earlier attempt may have got through. */
  readonly told: readonly string[];
  readonly kills: number;
}

const START = fileURLToPath(new URL('../../src/start.js', import.meta.url));
const BOT = fileURLToPath(new URL('contest-bot.ts', import.meta.url));

/** @param kills how often; 0 lets it go through. */
export async function runContest(
  { folder, url }: Home,
  { steps, kills, seed }: { readonly steps: number; readonly kills: number; readonly seed: number },
): Promise<Outcome> {
  const random = seededRandom(seed);
  const told: string[] = [];
  let done = 0;
  for (let life = 0; ; life++) {
    const bot = spawn(
      process.execPath,
      [START, BOT, JSON.stringify({ folder, url, from: done, steps, seed })],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const ended = once(bot, 'exit');
    // It goes on while it is told to die: where it is then is anyone's guess.
    let left = life < kills ? random.integer(1, 2 * Math.ceil(steps / (kills + 1)) - 1) : Infinity;
    for await (const line of createInterface(bot.stdout)) {
      const [word, ...rest] = line.split(' ');
      if (word === 'told') told.push(rest.join(' '));
      if (word === 'end') return { end: rest.join(' '), told, kills: life };
      if (word !== 'done') continue;
      done = Number(rest[0]) + 1;
      left -= 1;
      if (left === 0) bot.kill('SIGKILL');
    }
    const [code] = (await ended) as [number | null];
    if (code !== null) throw new Error(`the bot ended by itself, with ${code}`);
  }
}

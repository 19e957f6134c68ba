/** A whole process, from its start to the written picture, against the sum of its gradients. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inception, noise, timed } from './subject.ts';
import { median } from './statistics.ts';

const RUNS = 5;
/** As `npm run dream` starts it. */
const START = 'src/start.js';
const PROGRAM = 'src/cli.ts';
const run = promisify(execFile);

export async function dream(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dream-bench-'));
  const subject = await inception();
  const picture = noise(299);
  await subject.ascent.at(picture);
  // What the first start after a change does once: it is not what is measured.
  await run(process.execPath, [START, '--bundle', PROGRAM]);
  console.log(`${RUNS} runs of: npm run dream -- --size 512 --octaves 4 --steps 10 --layer mixed5`);
  const shares: number[] = [];
  const starts: number[] = [];
  try {
    for (let index = 0; index < RUNS; index++) {
      const step = median([
        await timed(() => subject.ascent.at(picture)),
        await timed(() => subject.ascent.at(picture)),
        await timed(() => subject.ascent.at(picture)),
      ]);
      const { wall, gradientSeconds, secondsToFirstStep } = await whole(join(folder, 'dream.png'));
      shares.push(wall / gradientSeconds);
      starts.push((secondsToFirstStep * 1000) / step);
      console.log(
        `  whole ${wall.toFixed(2)} s, gradients ${gradientSeconds.toFixed(2)} s (${(wall / gradientSeconds).toFixed(2)} ×), ` +
          `first step after ${secondsToFirstStep.toFixed(2)} s (${starts.at(-1)!.toFixed(1)} gradients at 299²)`,
      );
    }
  } finally {
    await rm(folder, { recursive: true });
    await subject.ascent.dispose();
    await subject.forward.dispose();
  }
  console.log(
    `median: ${median(shares).toFixed(2)} × the gradients; first step after ${median(starts).toFixed(1)} gradients at 299²`,
  );
}

interface WholeRun {
  readonly wall: number;
  readonly gradientSeconds: number;
  readonly secondsToFirstStep: number;
}

async function whole(output: string): Promise<WholeRun> {
  const start = performance.now();
  const options = '--size 512 --octaves 4 --steps 10 --layer mixed5 --threads 2 --json'.split(' ');
  const { stdout } = await run(process.execPath, [START, PROGRAM, ...options, '-o', output]);
  const wall = (performance.now() - start) / 1000;
  return { wall, ...(JSON.parse(stdout) as Omit<WholeRun, 'wall'>) };
}

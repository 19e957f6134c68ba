/**
 * Forward pass and gradient against PyTorch: rounds in which everybody takes a turn, so that a
 * machine whose speed drifts slows all alike; the ratio is the median over rounds.
 */
import { setTimeout } from 'node:timers/promises';
import { inception, noise, timed } from './subject.ts';
import { median, milliseconds } from './statistics.ts';
import { TORCH_FORMS, startTorch } from './torch.ts';

const SIDES = [299, 512, 1024];
const ROUNDS = 7;
/** Milliseconds before each turn: threads that wait for work by spinning have gone to sleep. */
const PAUSE = 50;

export async function gradient(): Promise<void> {
  const subject = await inception();
  const torch = await startTorch();
  console.log(`ours: ${subject.describe}`);
  console.log(
    `peer: ${torch?.describe ?? 'PyTorch is not installed (apt-get install python3-torch python3-torchvision)'}`,
  );
  console.log(`${ROUNDS} rounds; medians in ms; ratios are peer ÷ ours, median over rounds`);
  for (const side of SIDES) {
    const picture = noise(side);
    const ours: Record<string, number[]> = { forward: [], gradient: [] };
    const peers: Record<string, number[]> = {};
    for (let round = -1; round < ROUNDS; round++) {
      const repeats = side < 600 ? 3 : 1;
      const forward = await repeated(repeats, () => subject.forward.at(picture));
      const both = await repeated(repeats, () => subject.ascent.at(picture));
      const theirs: [string, number][] = [];
      for (const form of torch ? TORCH_FORMS : []) {
        for (const mode of ['forward', 'gradient'] as const) {
          await setTimeout(PAUSE);
          theirs.push([`${form} ${mode}`, median(await torch!.run({ form, mode, side, repeats }))]);
        }
      }
      if (round < 0) continue; // the first round warms up
      ours['forward']!.push(forward);
      ours['gradient']!.push(both);
      for (const [name, value] of theirs) (peers[name] ??= []).push(value);
    }
    print(side, ours, peers);
  }
  torch?.stop();
  await subject.ascent.dispose();
  await subject.forward.dispose();
}

async function repeated(times: number, work: () => Promise<unknown>): Promise<number> {
  await setTimeout(PAUSE);
  const values: number[] = [];
  for (let time = 0; time < times; time++) values.push(await timed(work));
  return median(values);
}

function print(
  side: number,
  ours: Readonly<Record<string, number[]>>,
  peers: Readonly<Record<string, number[]>>,
): void {
  const ratio = (above: readonly number[], below: readonly number[]): string =>
    median(above.map((value, round) => value / below[round]!)).toFixed(2);
  const { forward, gradient: both } = ours as Record<'forward' | 'gradient', number[]>;
  console.log(`\n${side}×${side}`);
  console.log(`  ours forward             ${milliseconds(median(forward))}`);
  console.log(
    `  ours forward+gradient    ${milliseconds(median(both))}   ${ratio(both, forward)} × our forward`,
  );
  for (const [name, values] of Object.entries(peers)) {
    const own = name.endsWith('forward') ? forward : both;
    console.log(
      `  PyTorch ${name.padEnd(18)}${milliseconds(median(values))}   ratio ${ratio(values, own)}`,
    );
  }
}

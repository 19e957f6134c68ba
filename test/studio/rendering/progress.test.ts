import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../src/dream/image.ts';
import type { RenderPlan } from '../../../src/studio/render.ts';
import type { RenderProgress } from '../../../src/studio/rendering/messages.ts';
import { progressOf } from '../../../src/studio/rendering/progress.ts';

const STEPS = 2;
const SIZES = [
  { rows: 8, columns: 8 },
  { rows: 12, columns: 12 },
  { rows: 16, columns: 16 },
];

/** All steps of a plan, each so many milliseconds after the one before. */
async function toldOf(milliseconds: number): Promise<RenderProgress[]> {
  const told: RenderProgress[] = [];
  let now = 1000;
  const plan = { sizes: SIZES, steps: STEPS } as unknown as RenderPlan;
  const step = progressOf(
    [plan],
    (progress) => told.push(progress),
    () => now,
  );
  for (const [octave, { rows, columns }] of SIZES.entries()) {
    const image: Image = { rows, columns, data: new Float32Array(rows * columns * 3) };
    for (let taken = 1; taken <= STEPS; taken++) {
      now += milliseconds;
      const frame = { octave, octaves: SIZES.length, step: taken, steps: STEPS, image };
      await step(0, { ...frame, score: 1, gradientSeconds: 0 });
    }
  }
  return told;
}

describe('what a render tells', () => {
  it('is every step of a slow one, with a preview at the end of each octave but the last', async () => {
    const told = await toldOf(5000);
    expect(told.map(({ octave, preview }) => [octave, preview !== undefined])).toEqual([
      [1, false],
      [1, true],
      [2, false],
      [2, true],
      [3, false],
      [3, false],
    ]);
    expect(told.at(-1)).toEqual({ fraction: 1, octave: 3, octaves: 3 });
    const { format, width, height } = await sharp(told[3]!.preview).metadata();
    expect({ format, width, height }).toEqual({ format: 'jpeg', width: 12, height: 12 });
  });

  it('is a preview where the last was long enough ago', async () => {
    const told = await toldOf(130);
    expect(told.flatMap(({ octave, preview }) => (preview ? [octave] : []))).toEqual([2]);
  });

  it('is little of one that is over in a moment', async () => {
    const told = await toldOf(10);
    expect(told.map(({ fraction }) => fraction)).toEqual([expect.closeTo(64 / 928, 6), 1]);
  });
});

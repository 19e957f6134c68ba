/** Octave by octave, with ascents that are formulas: what a dream does around the network. */
import { describe, expect, it } from 'vitest';
import { dream } from '../../src/dream/dream.ts';
import type { Frame } from '../../src/dream/dream.ts';
import type { Image } from '../../src/dream/image.ts';
import { planOctaves } from '../../src/dream/octaves.ts';
import { PRESET_NAMES, presetNamed, presets } from '../../src/dream/presets.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import { RESAMPLINGS, resize } from '../../src/dream/resize.ts';
import type { Ascent, Planes } from '../../src/engines/engine.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import { copyOf, drawn, largestDifference, seededPicture } from '../helpers/planes.ts';

const picture = seededPicture(40, 56, 1);
const plain: Recipe = { ...presets.caffe, octaves: 3, steps: 4, jitter: 5 };

/** A gradient that is fixed to the network's pixels, so that it matters how a picture is rolled. */
function grid({ rows, columns }: Planes): Float32Array {
  return drawn(rows, columns, (row, column, plane) => Math.sin(row * 3 + column * 7 + plane)).data;
}

interface Dreamt {
  readonly frames: readonly Omit<Frame, 'image'>[];
  /** The picture after each step. */
  readonly images: readonly Image[];
  readonly result: Image;
}

async function dreamt(
  recipe: Recipe,
  ascent: Ascent,
  { signal, onFrame }: { signal?: AbortSignal; onFrame?: (frame: Frame) => void } = {},
): Promise<Dreamt> {
  const { sizes } = planOctaves(picture.rows, picture.columns, { ...recipe, minimumSide: 1 });
  const options = { picture, recipe, ascent, sizes };
  const steps = dream(signal ? { ...options, signal } : options);
  const frames: Omit<Frame, 'image'>[] = [];
  const images: Image[] = [];
  for (;;) {
    const next = await steps.next();
    if (next.done) return { frames, images, result: next.value };
    const { image, ...frame } = next.value;
    frames.push(frame);
    images.push(copyOf(image));
    onFrame?.(next.value);
  }
}

describe('a dream', () => {
  it('tells of every step of every octave, in order', async () => {
    const ascent = fakeAscent(grid, (_, call) => call);
    const { frames, images } = await dreamt(plain, ascent);
    expect(frames).toHaveLength(12);
    expect(frames).toEqual(
      Array.from({ length: 12 }, (_, index) => ({
        octave: Math.floor(index / 4),
        octaves: 3,
        step: (index % 4) + 1,
        steps: 4,
        score: index + 1,
        gradientSeconds: expect.any(Number) as number,
      })),
    );
    const sizes = images.map(({ rows, columns }) => [rows, columns]);
    expect([sizes[0], sizes[4], sizes[11]]).toEqual([[20, 29], [29, 40], [40, 56]]); // prettier-ignore
    expect(ascent.seen.map(({ rows, columns }) => [rows, columns])).toEqual(sizes);
  });

  it('ends with the picture of its last step, as large as the one given, within 0..255', async () => {
    const strong = { ...plain, clip: false, stepSize: 60 };
    const { images, result } = await dreamt(strong, fakeAscent(grid));
    const last = images.at(-1)!;
    expect(Math.max(...last.data)).toBeGreaterThan(300);
    const clipped = last.data.map((value) => Math.max(0, Math.min(255, value)));
    expect(result).toEqual({ rows: 40, columns: 56, data: clipped });
  });

  it('keeps within 0..255 at every step if the recipe clips', async () => {
    const { images } = await dreamt({ ...plain, stepSize: 60 }, fakeAscent(grid));
    for (const { data } of images) {
      expect(Math.min(...data)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...data)).toBeLessThanOrEqual(255);
    }
  });

  it('leaves the given picture as it is', async () => {
    await dreamt(plain, fakeAscent(grid));
    expect(picture.data).toEqual(seededPicture(40, 56, 1).data);
  });

  it('calibrates once, on the picture as it was', async () => {
    const ascent = fakeAscent(grid);
    await dreamt(plain, ascent);
    expect(ascent.calibrations).toEqual([picture]);
  });

  it('starts with the picture at its smallest', async () => {
    const ascent = fakeAscent(grid);
    await dreamt({ ...plain, jitter: 0 }, ascent);
    expect(ascent.seen[0]).toEqual(resize(picture, 20, 29, plain.resampling));
  });

  it('of the same seed has the same bytes, of another seed others', async () => {
    const of = async (seed: number): Promise<Float32Array> =>
      (await dreamt({ ...plain, seed }, fakeAscent(grid))).result.data;
    const first = await of(7);
    expect(await of(7)).toEqual(first);
    expect(await of(8)).not.toEqual(first);
  });
});

describe('detail that small octaves cannot hold', () => {
  const still = fakeAscent(({ data }) => new Float32Array(data.length));

  it.each(RESAMPLINGS)(
    'comes back whole: without a gradient the picture stays (%s)',
    async (resampling) => {
      const { result, images } = await dreamt({ ...plain, resampling, octaves: 5 }, still);
      expect(largestDifference(result, picture)).toBeLessThan(1e-3);
      // And at each octave it is what the picture is at that size.
      for (const image of images) {
        const expected = resize(picture, image.rows, image.columns, resampling);
        const data = expected.data.map((value) => Math.max(0, Math.min(255, value)));
        expect(largestDifference(image, { ...expected, data })).toBeLessThan(1e-3);
      }
    },
  );

  it('is gone where the recipe does not put it back', async () => {
    const { result } = await dreamt({ ...plain, reinject: 'none' }, still);
    const small = resize(picture, 20, 29, plain.resampling);
    const expected = resize(resize(small, 29, 40, plain.resampling), 40, 56, plain.resampling);
    expect(largestDifference(result, expected)).toBeLessThan(1e-3);
    expect(largestDifference(result, picture)).toBeGreaterThan(5);
  });

  it('comes back beside what was dreamed: the change is what is enlarged', async () => {
    // One octave dreams, the others look on.
    const ascent = fakeAscent((seen) =>
      seen.rows === 20 ? grid(seen) : new Float32Array(seen.data.length),
    );
    const recipe = { ...plain, clip: false, jitter: 0, stepSize: 3 };
    const { images, result } = await dreamt(recipe, ascent);
    const [first] = [images[3]!];
    const before = resize(picture, 20, 29, recipe.resampling);
    const change = {
      ...first,
      data: first.data.map((value, index) => value - before.data[index]!),
    };
    const enlarged = resize(resize(change, 29, 40, recipe.resampling), 40, 56, recipe.resampling);
    const expected = enlarged.data.map((value, index) =>
      Math.max(0, Math.min(255, value + picture.data[index]!)),
    );
    expect(largestDifference(result, { ...picture, data: expected })).toBeLessThan(1e-3);
    expect(largestDifference(result, picture)).toBeGreaterThan(3);
  });
});

describe('enlargements', () => {
  it('are dreamed at, and brought back to the size of the picture', async () => {
    const recipe: Recipe = { ...plain, octaveScale: 1.5, octaves: 3, enlargements: 2 };
    const ascent = fakeAscent(grid);
    const { images, result } = await dreamt(recipe, ascent);
    const last = images.at(-1)!;
    expect([last.rows, last.columns]).toEqual([90, 126]);
    expect([result.rows, result.columns]).toEqual([40, 56]);
    const expected = resize(last, 40, 56, recipe.resampling);
    expect(result.data).toEqual(expected.data.map((v) => Math.max(0, Math.min(255, v))));
  });
});

describe('an octave ends early', () => {
  const rising = () => fakeAscent(grid, ({ rows }, call) => (rows === 29 ? 100 + call : 1));

  it('at the score that the recipe names, and the next one begins', async () => {
    const { frames } = await dreamt({ ...plain, stopAtScore: 50 }, rising());
    expect(frames.map(({ octave, step }) => `${octave}:${step}`)).toEqual([
      // Octave 1 is past it at once: no step is taken there.
      ...['0:1', '0:2', '0:3', '0:4'],
      ...['2:1', '2:2', '2:3', '2:4'],
    ]);
  });

  it('only above it, and never where it names none', async () => {
    expect((await dreamt({ ...plain, stopAtScore: 200 }, rising())).frames).toHaveLength(12);
    const level = fakeAscent(grid, () => 50);
    expect((await dreamt({ ...plain, stopAtScore: 50 }, level)).frames).toHaveLength(12);
    expect((await dreamt(plain, rising())).frames).toHaveLength(12);
  });
});

describe('a dream that is cancelled', () => {
  it('ends before the next step', async () => {
    const controller = new AbortController();
    const ascent = fakeAscent(grid);
    let told = 0;
    const cancelled = dreamt(plain, ascent, {
      signal: controller.signal,
      onFrame: () => {
        if (++told === 6) controller.abort();
      },
    });
    await expect(cancelled).rejects.toThrow(
      expect.objectContaining({ name: 'DreamError', code: 'cancelled' }),
    );
    expect([told, ascent.seen.length]).toEqual([6, 6]);
  });

  it('while a step is computed ends with that step', async () => {
    const controller = new AbortController();
    const ascent = fakeAscent(grid, (_, call) => {
      if (call === 3) controller.abort();
      return 1;
    });
    await expect(dreamt(plain, ascent, { signal: controller.signal })).rejects.toThrow('cancelled');
    expect(ascent.seen).toHaveLength(3);
  });

  it('before it begins takes no step at all', async () => {
    const ascent = fakeAscent(grid);
    const signal = AbortSignal.abort();
    await expect(dreamt(plain, ascent, { signal })).rejects.toThrow('cancelled');
    expect(ascent.seen).toHaveLength(0);
  });

  it('and one that is not goes on to the end', async () => {
    const { signal } = new AbortController();
    expect((await dreamt(plain, fakeAscent(grid), { signal })).frames).toHaveLength(12);
  });
});

describe('a score that is no number', () => {
  it.each([Number.NaN, Infinity, -Infinity])(
    'is told (%f), with its octave and step',
    async (score) => {
      const ascent = fakeAscent(grid, (_, call) => (call === 6 ? score : 1));
      const failed = dreamt(plain, ascent);
      await expect(failed).rejects.toThrow(DreamError);
      await expect(failed).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringContaining(`in octave 2, step 2 the score became ${score}`) as string,
      });
    },
  );
});

describe('every preset', () => {
  it.each(PRESET_NAMES)('%s dreams with finite values, also of a flat gradient', async (name) => {
    const recipe = { ...presetNamed(name), octaves: 2, enlargements: 0, steps: 2 };
    const bytes = (await dreamt(recipe, fakeAscent(grid))).result.data;
    expect(bytes.every(Number.isFinite)).toBe(true);
    const flat = fakeAscent(({ data }) => new Float32Array(data.length));
    expect((await dreamt(recipe, flat)).result.data.every(Number.isFinite)).toBe(true);
  });
});

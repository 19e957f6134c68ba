/** The smallest change: against what is known for a straight line, and on a small network. */
import { describe, expect, it } from 'vitest';
import type { Attack, Problem } from '../../src/dream/perturb/attack.ts';
import { squaredDistance } from '../../src/dream/perturb/attack.ts';
import { carliniWagner } from '../../src/dream/perturb/carlini-wagner.ts';
import { differencePicture, psnr } from '../../src/dream/perturb/compare.ts';
import { deepFool } from '../../src/dream/perturb/deepfool.ts';
import { perturb } from '../../src/dream/perturb/perturb.ts';
import { projectedGradient } from '../../src/dream/perturb/pgd.ts';
import { dithered, rounded } from '../../src/dream/perturb/round.ts';
import type { Image } from '../../src/dream/image.ts';
import { RESIZINGS } from '../../src/dream/resizings.ts';
import { sample } from '../../src/dream/windows/sample.ts';
import { wholeWindow } from '../../src/dream/windows/window.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { classObjective } from '../../src/studio/classes.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import { drawn, seededNoise, seededPicture } from '../helpers/planes.ts';
import { tinyClassifier, TINY_SIDE } from '../helpers/tiny-classifier.ts';

const attacks: [string, Attack, number][] = [
  ['carlini-wagner', carliniWagner, 1.1],
  ['pgd', projectedGradient, 1.1],
  ['deepfool', deepFool, 1.05],
];

async function found(attack: Attack, problem: Problem): Promise<Float32Array | null> {
  const search = attack.search(problem);
  let steps = 0;
  for (;;) {
    const next = await search.next();
    if (next.done) {
      expect(steps).toBeLessThanOrEqual(attack.steps);
      return next.value;
    }
    steps++;
    expect(next.value.step).toBeLessThanOrEqual(attack.steps);
  }
}

describe.each(attacks)('%s', (_name, attack, most) => {
  const picture = drawn(6, 6, (row, column) => 90 + 5 * row + 3 * column);
  const normal = seededNoise(6, 6, 1).data.map((value) => value / 100);
  const length = Math.sqrt(normal.reduce((sum, value) => sum + value * value, 0));

  it('finds the way straight to a plane', async () => {
    const distance = 12;
    const at = ({ data }: Image) => ({
      score: data.reduce(
        (sum, value, index) => sum + (value - picture.data[index]!) * normal[index]!,
        -distance * length,
      ),
      gradient: normal,
    });
    const data = await found(attack, {
      picture,
      bound: 0,
      at: (image) => Promise.resolve(at(image)),
    });
    const change = Math.sqrt(squaredDistance(data!, picture.data));
    expect(change).toBeGreaterThanOrEqual(distance - 1e-3);
    expect(change).toBeLessThan(most * distance);
  });

  it('finds nothing where there is nothing', async () => {
    const at = () => Promise.resolve({ score: -1, gradient: new Float32Array(108) });
    expect(await found(attack, { picture, bound: 0, at })).toBeNull();
  });
});

describe('a perturbed picture', () => {
  const model = tinyClassifier();
  const size = { rows: TINY_SIDE, columns: TINY_SIDE };
  const label = 'cat';

  it.each([
    ['larger than what the network takes', 50, 70],
    ['of just that size', TINY_SIDE, TINY_SIDE],
    ['smaller', 8, 20],
  ])('%s makes it say the class in whole levels', async (_title, rows, columns) => {
    const picture = rounded(seededPicture(rows, columns, 4));
    const target = { index: 0, label, weight: 1 };
    const ascent = await onnxEngine({ threads: 1 }).prepare(
      model.classifier,
      classObjective(model, [target], 1),
    );
    const frames = perturb({ picture, ascent, size, attack: carliniWagner });
    let scores: number[] = [];
    for (;;) {
      const next = await frames.next();
      if (!next.done) {
        scores = [...scores, next.value.score];
        continue;
      }
      const seen = sample(next.value, wholeWindow(next.value), size);
      expect(scores[0]!).toBeLessThan(0);
      expect((await ascent.at(seen)).score).toBeGreaterThan(0);
      expect(next.value.data).toEqual(rounded(next.value).data);
      expect(psnr(picture, next.value)).toBeGreaterThan(16);
      break;
    }
    await ascent.dispose();
  });

  it('is the picture itself where nothing has to be changed; ends when it is cancelled', async () => {
    const picture = rounded(seededPicture(9, 9, 5));
    const said = fakeAscent(({ data }) => data);
    const unchanged = await perturb({ picture, ascent: said, size, attack: deepFool }).next();
    expect(unchanged).toEqual({ done: true, value: picture });
    const unsaid = fakeAscent(
      ({ data }) => data,
      () => -1,
    );
    const options = { picture, ascent: unsaid, size, attack: deepFool };
    const cancelled = perturb({ ...options, signal: AbortSignal.abort() });
    await expect(cancelled.next()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('a change that programs see however they resize the picture', () => {
  const size = { rows: 6, columns: 8 };
  // Fine detail, of which each way to resize makes something else.
  const detail = seededNoise(40, 60, 8).data.map((value) => 127.5 + 25 * value);
  const picture = rounded({ rows: 40, columns: 60, data: detail });
  const normal = seededNoise(6, 8, 9).data.map((value) => value / 12);

  /** A margin that rises straight along `normal`; above 0 it says the class. */
  function margin({ data }: Image): number {
    return data.reduce((sum, value, index) => sum + (value - 127.5) * normal[index]!, 0);
  }

  async function perturbed(lack: number): Promise<{ image: Image; margins: number[] }> {
    const before = margin(sample(picture, wholeWindow(picture), size));
    const ascent = fakeAscent(
      () => normal,
      (seen) => margin(seen) - before - lack,
    );
    const frames = perturb({ picture, ascent, size, attack: deepFool });
    let next = await frames.next();
    while (!next.done) next = await frames.next();
    const image = next.value;
    const margins = RESIZINGS.map((resized) => margin(resized(image, size)) - before - lack);
    return { image, margins };
  }

  it('is found where it stays unseen', async () => {
    const unchanged = RESIZINGS.map((resized) => margin(resized(picture, size)));
    expect(Math.max(...unchanged) - Math.min(...unchanged)).toBeGreaterThan(3);
    const { image, margins } = await perturbed(1);
    expect(Math.min(...margins)).toBeGreaterThan(0.5);
    // No larger than the worst of them needs.
    expect(Math.min(...margins)).toBeLessThan(1.1);
    expect(psnr(picture, image)).toBeGreaterThan(40);
  });

  it('gives way to the smallest one where it would be seen', async () => {
    const { image, margins } = await perturbed(60);
    expect(margins[3]).toBeGreaterThan(0);
    expect(margins[3]).toBeLessThan(0.5);
    expect(Math.min(...margins)).toBeLessThan(0);
    expect(psnr(picture, image)).toBeGreaterThan(30);
  });
});

describe('rounding', () => {
  it('with dither keeps means where plain rounding loses them', () => {
    const picture = drawn(40, 40, () => 100.3);
    const mean = ({ data }: Image): number =>
      data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(mean(rounded(picture))).toBe(100);
    expect(mean(dithered(picture))).toBeCloseTo(100.3, 1);
    expect(new Set(dithered(picture).data)).toEqual(new Set([100, 101]));
    const bright = drawn(4, 4, () => 255.4);
    expect([...new Set(dithered(bright).data)]).toEqual([255]);
  });
});

describe('a difference', () => {
  it('in decibels', () => {
    const one = drawn(4, 4, () => 100);
    expect(
      psnr(
        one,
        drawn(4, 4, () => 101),
      ),
    ).toBeCloseTo(20 * Math.log10(255), 5);
    expect(psnr(one, one)).toBe(Infinity);
  });

  it('as a picture is amplified around mid-grey', () => {
    const before = drawn(4, 4, () => 100);
    const after = drawn(4, 4, (row) => (row < 2 ? 102 : 98));
    const { image, amplification } = differencePicture(before, after);
    expect(amplification).toBe(56);
    expect(image.data[0]).toBe(239.5);
    expect(image.data[12]).toBe(15.5);
    expect([...new Set(differencePicture(before, before).image.data)]).toEqual([127.5]);
  });
});

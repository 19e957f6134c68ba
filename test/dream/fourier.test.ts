/** A picture as frequencies: there and back, and the gradient through it. */
import { describe, expect, it } from 'vitest';
import { fourierDream } from '../../src/dream/fourier/dream.ts';
import { MIXING, multiplyColours, UNMIXING } from '../../src/dream/fourier/colours.ts';
import { FourierPicture } from '../../src/dream/fourier/picture.ts';
import { Spectrum } from '../../src/dream/fourier/spectrum.ts';
import type { Image } from '../../src/dream/image.ts';
import { noiseRecipe } from '../../src/dream/class-recipes.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import { largestDifference, seededNoise, seededPicture } from '../helpers/planes.ts';

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);

function normal(length: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length }, () => random.normal());
}

describe('a spectrum', () => {
  const spectrum = new Spectrum(8, 16);

  it('is that of its plane', () => {
    const plane = normal(128, 1);
    const back = spectrum.plane(spectrum.of(plane));
    plane.forEach((value, index) => {
      expect(back[index]).toBeCloseTo(value, 5);
    });
  });

  it('of a wave is one frequency', () => {
    const wave = Float32Array.from({ length: 128 }, (_, index) =>
      Math.cos((2 * Math.PI * (3 * (index % 16))) / 16),
    );
    const found = spectrum.of(wave);
    for (const [index, value] of found.entries()) {
      expect(value).toBeCloseTo(index === 6 ? 64 : 0, 4);
    }
    expect(spectrum.frequencyAt(0, 3)).toBeCloseTo(3 / 16, 9);
    expect(spectrum.frequencyAt(7, 0)).toBeCloseTo(1 / 8, 9);
  });

  it('has the transpose as its gradient', () => {
    const [values, plane] = [normal(spectrum.length, 2), normal(128, 3)];
    const there = dot(spectrum.plane(values), plane);
    expect(dot(values, spectrum.gradient(plane))).toBeCloseTo(there, 4);
  });
});

it('colours are mixed and unmixed', () => {
  const planes = normal(30, 4);
  const copy = planes.slice();
  multiplyColours(copy, MIXING);
  multiplyColours(copy, UNMIXING);
  planes.forEach((value, index) => {
    expect(copy[index]).toBeCloseTo(value, 4);
  });
});

describe('a picture in frequencies', () => {
  it('is the picture, but for black and white', () => {
    const picture = seededPicture(11, 21, 1);
    picture.data.forEach((value, index) => {
      picture.data[index] = Math.max(10, Math.min(245, value));
    });
    expect(largestDifference(FourierPicture.of(picture).image(), picture)).toBeLessThan(0.05);
  });

  it('of noise is grey, softly', () => {
    const { data } = FourierPicture.noise({ rows: 32, columns: 48 }, seededRandom(1)).image();
    const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
    expect(Math.abs(mean - 127.5)).toBeLessThan(25);
    expect(Math.min(...data)).toBeGreaterThan(20);
    expect(Math.max(...data)).toBeLessThan(235);
    expect(new Set(data).size).toBeGreaterThan(100);
  });

  it('has the gradient that finite differences have', () => {
    const climbed = FourierPicture.of(seededPicture(7, 10, 2));
    const image = climbed.image();
    const cotangent = seededNoise(7, 10, 3).data;
    const gradient = climbed.gradient(image, cotangent);
    const direction = normal(climbed.values.length, 4);
    const start = climbed.values.slice();
    const scoreAt = (step: number): number => {
      start.forEach((value, index) => (climbed.values[index] = value + step * direction[index]!));
      return dot(climbed.image().data, cotangent);
    };
    const measured = (scoreAt(1e-3) - scoreAt(-1e-3)) / 2e-3;
    expect(Math.abs(measured / dot(gradient, direction) - 1)).toBeLessThan(0.01);
  });
});

describe('a dream in frequencies', () => {
  const target = seededPicture(16, 24, 5);
  const scoreOf = (image: Image): number =>
    -image.data.reduce((sum, value, index) => sum + (value - target.data[index]!) ** 2, 0) /
    image.data.length;
  const toTarget = () =>
    fakeAscent(({ data }) => data.map((value, index) => target.data[index]! - value), scoreOf);
  const picture = seededPicture(16, 24, 6);
  const recipe = { ...noiseRecipe, totalVariation: 0, steps: 60 };
  const sizes = [{ rows: 16, columns: 24 }];
  const finish = async (options: Partial<Parameters<typeof fourierDream>[0]> = {}) => {
    const ascent = toTarget();
    const scores: number[] = [];
    const frames = fourierDream({ picture, recipe, ascent, sizes, ...options });
    for (;;) {
      const next = await frames.next();
      if (next.done) return { image: next.value, scores };
      scores.push(next.value.score);
    }
  };

  it('climbs, from noise, whatever the picture; the same with the same seed', async () => {
    const { image, scores } = await finish();
    expect(scores).toHaveLength(60);
    expect(scores.at(-1)!).toBeGreaterThan(0.4 * scores[0]!);
    const other = await finish({ picture: target });
    expect(other.image).toEqual(image);
    const seeded = await finish({ recipe: { ...recipe, seed: 2 } });
    expect(seeded.image).not.toEqual(image);
  });

  it('leaves what the mask leaves out, and ends when it is cancelled', async () => {
    const mask = { rows: 16, columns: 24, data: new Float32Array(384) };
    mask.data.fill(1, 0, 192);
    const { image } = await finish({ mask });
    expect(image.data.slice(192, 384)).toEqual(picture.data.slice(192, 384));
    expect(image.data.slice(0, 192)).not.toEqual(picture.data.slice(0, 192));
    await expect(finish({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});

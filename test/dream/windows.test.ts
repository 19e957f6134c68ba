/** Windows: what is seen through them, the way back, and where they are put. */
import { describe, expect, it } from 'vitest';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import { scoreThrough, windowedAscent } from '../../src/dream/windows/ascent.ts';
import { drawWindows } from '../../src/dream/windows/draw.ts';
import { findPlace } from '../../src/dream/windows/find-place.ts';
import { rowsSeen, stripsSeen } from '../../src/dream/windows/rows-seen.ts';
import { sample, spread } from '../../src/dream/windows/sample.ts';
import { partWindow, wholeWindow } from '../../src/dream/windows/window.ts';
import type { Window } from '../../src/dream/windows/window.ts';
import { onnxEngine } from '../../src/engines/onnx.ts';
import { seededRandom } from '../../src/kit/random.ts';
import { meanSquare } from '../../src/objectives/mean-square.ts';
import { fakeAscent } from '../helpers/fake-ascent.ts';
import fc from '../helpers/fast-check.ts';
import { directionalDerivative, kinkFreePicture } from '../helpers/finite-differences.ts';
import { at, drawn, largestDifference, seededNoise, seededPicture } from '../helpers/planes.ts';
import { smallNetwork } from '../helpers/small-networks.ts';

const side = fc.integer({ min: 1, max: 14 });
const size = fc.record({ rows: side, columns: side });
/** Reaching far beyond the picture, turned, narrow and wide. */
const window: fc.Arbitrary<Window> = fc.record({
  row: fc.double({ min: -20, max: 30, noNaN: true }),
  column: fc.double({ min: -20, max: 30, noNaN: true }),
  height: fc.double({ min: 0.5, max: 40, noNaN: true }),
  width: fc.double({ min: 0.5, max: 40, noNaN: true }),
  angle: fc.double({ min: -3, max: 3, noNaN: true }),
});

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);

describe('what is seen through a window', () => {
  it('goes back by the transpose: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩', () => {
    fc.assert(
      fc.property(size, size, window, (of, seen, through) => {
        const x = seededNoise(of.rows, of.columns, 1);
        const y = seededNoise(seen.rows, seen.columns, 2);
        const back = createImage(of.rows, of.columns);
        spread(y, through, back);
        const [there, here] = [dot(sample(x, through, seen).data, y.data), dot(x.data, back.data)];
        expect(Math.abs(there - here)).toBeLessThan(1e-4 * (1 + Math.abs(there)));
      }),
    );
  });

  it('is a mean: one colour stays that colour', () => {
    fc.assert(
      fc.property(size, size, window, (of, seen, through) => {
        const plain = drawn(of.rows, of.columns, (_row, _column, plane) => 50 * (plane + 1));
        const expected = drawn(seen.rows, seen.columns, (_row, _column, plane) => 50 * (plane + 1));
        expect(largestDifference(sample(plain, through, seen), expected)).toBeLessThan(1e-3);
      }),
    );
  });

  it('is the picture itself through the whole at its own size', () => {
    const picture = seededPicture(9, 13, 3);
    expect(largestDifference(sample(picture, wholeWindow(picture), picture), picture)).toBe(0);
  });

  it('is the mean of the pixels of a cell where it shrinks', () => {
    const picture = seededNoise(6, 9, 4);
    const seen = sample(picture, wholeWindow(picture), { rows: 2, columns: 3 });
    const block = (plane: number, row: number, column: number): number => {
      let sum = 0;
      for (let cell = 0; cell < 9; cell++) {
        sum += at(picture, plane, 3 * row + Math.floor(cell / 3), 3 * column + (cell % 3));
      }
      return sum / 9;
    };
    const expected = drawn(2, 3, (row, column, plane) => block(plane, row, column));
    expect(largestDifference(seen, expected)).toBeLessThan(1e-6);
  });

  it('is turned clockwise and mirrored beyond the borders', () => {
    const picture = drawn(4, 4, (row, column) => 10 * row + column);
    const turned = { ...wholeWindow(picture), angle: Math.PI / 2 };
    // Its first row runs down the picture's last column.
    const expected = drawn(4, 4, (row, column) => 10 * column + (3 - row));
    expect(largestDifference(sample(picture, turned, picture), expected)).toBeLessThan(1e-5);
    const beside = { ...wholeWindow(picture), column: -2 };
    const mirrored = drawn(4, 4, (row, column) => 10 * row + (3 - column));
    expect(largestDifference(sample(picture, beside, picture), mirrored)).toBeLessThan(1e-5);
  });
});

describe('which rows are seen', () => {
  it('are those that make the picture seen', () => {
    fc.assert(
      fc.property(size, size, window, fc.nat(), (of, seen, through, at) => {
        const from = at % seen.rows;
        const strip = { size: seen, from, to: from + 1 };
        const { first, last } = rowsSeen(of, through, strip);
        const picture = seededNoise(of.rows, of.columns, 3);
        const expected = sample(picture, through, seen);
        // What lies in no row that is said to be seen may be anything.
        picture.data.forEach((_, index) => {
          const row = Math.floor(index / of.columns) % of.rows;
          if (row < first || row >= last) picture.data[index] = 1e6;
        });
        const found = sample(picture, through, seen);
        for (let plane = 0; plane < 3; plane++) {
          const start = (plane * seen.rows + from) * seen.columns;
          const line = (image: Image) => image.data.subarray(start, start + seen.columns);
          expect(line(found)).toEqual(line(expected));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are taken in strips of a large picture, to the same values', () => {
    const [rows, columns] = [1700, 2500];
    const place = drawn(rows, columns, (row, column, plane) => [row, column, 1][plane]!);
    const size = { rows: 40, columns: 50 };
    const through = { row: 800, column: 1200, height: 1100, width: 1600, angle: 0.2 };
    expect(stripsSeen(place, through, size).length).toBeGreaterThan(2);
    const seen = sample(place, through, size);
    const [cosine, sine] = [Math.cos(0.2), Math.sin(0.2)];
    const expected = drawn(40, 50, (row, column, plane) => {
      const v = ((row + 0.5) / 40 - 0.5) * 1100;
      const u = ((column + 0.5) / 50 - 0.5) * 1600;
      return [799.5 + sine * u + cosine * v, 1199.5 + cosine * u - sine * v, 1][plane]!;
    });
    expect(largestDifference(seen, expected)).toBeLessThan(1e-2);
    const back = createImage(rows, columns);
    spread(seededNoise(40, 50, 4), through, back);
    const there = dot(seen.data, seededNoise(40, 50, 4).data);
    expect(Math.abs(dot(place.data, back.data) - there)).toBeLessThan(1e-4 * Math.abs(there));
  });
});

describe('a score through windows', () => {
  it('has the gradient that finite differences have', async () => {
    const graph = smallNetwork('same');
    const base = await onnxEngine({ threads: 1 }).prepare(graph, meanSquare({ layer: 'c' }));
    const windows: Window[] = [
      { row: 15, column: 20, height: 30, width: 40, angle: 0.1 },
      { row: 10, column: 12, height: 9, width: 14, angle: -0.3 },
      { row: 22, column: 33, height: 26, width: 20, angle: 0 },
    ];
    const ascent = {
      ...base,
      at: (picture: Image) =>
        scoreThrough(base, picture, { windows, size: { rows: 16, columns: 16 } }),
    };
    const picture = kinkFreePicture(30, 40, 5);
    picture.data.forEach((value, index) => (picture.data[index] = 127.5 + 100 * value));
    const found = await directionalDerivative(ascent, picture, { seed: 6, step: 0.5 });
    await base.dispose();
    expect(found.relativeError).toBeLessThan(0.01);
    expect(found.relativeErrorOfWrong).toBeGreaterThan(5 * found.relativeError);
  });

  it('counts a pixel the same in small and large windows', async () => {
    const base = fakeAscent(({ data }) => data.map(() => 1));
    const picture = seededPicture(16, 16, 1);
    const small = { row: 4, column: 4, height: 8, width: 8, angle: 0 };
    const windows = [wholeWindow(picture), small];
    const { gradient } = await scoreThrough(base, picture, {
      windows,
      size: { rows: 4, columns: 4 },
    });
    const [inside, outside] = [gradient[3 * 16 + 3]!, gradient[12 * 16 + 12]!];
    expect(inside).toBeCloseTo(2 * outside, 6);
  });
});

describe('an ascent through windows', () => {
  const options = { count: 3, smallest: 0.4, rotation: 10, size: { rows: 6, columns: 6 } };

  it('looks elsewhere at each call, the same with the same seed', async () => {
    const picture = seededPicture(20, 30, 2);
    const seenBy = async (seed: number): Promise<readonly Image[]> => {
      const base = fakeAscent(({ data }) => data);
      const ascent = windowedAscent(base, { ...options, seed });
      await ascent.at(picture);
      await ascent.at(picture);
      return base.seen;
    };
    const seen = await seenBy(1);
    expect(seen.map(({ rows, columns }) => [rows, columns])).toEqual(Array(6).fill([6, 6]));
    expect(seen[3]!.data).not.toEqual(seen[0]!.data);
    expect(await seenBy(1)).toEqual(seen);
    expect((await seenBy(2))[0]!.data).not.toEqual(seen[0]!.data);
  });

  it('has its windows in the picture, and none smaller than asked for', () => {
    const whole = wholeWindow({ rows: 100, columns: 300 });
    const windows = drawWindows(whole, 20, { ...options, count: 200 }, seededRandom(3));
    for (const { row, column, height, width, angle } of windows.slice(1)) {
      expect(height).toBe(width);
      expect(height).toBeGreaterThanOrEqual(40 - 1e-9);
      expect(height).toBeLessThanOrEqual(100 + 1e-9);
      expect(row - height / 2).toBeGreaterThanOrEqual(-1e-9);
      expect(column + width / 2).toBeLessThanOrEqual(300 + 1e-9);
      expect(Math.abs(angle)).toBeLessThanOrEqual((10 * Math.PI) / 180);
    }
  });

  it('has its first window near what it is told, and the others in all of the picture', () => {
    const whole = wholeWindow({ rows: 100, columns: 300 });
    const first = partWindow({ row: 0, column: 100, rows: 100, columns: 100 });
    for (let seed = 1; seed <= 20; seed++) {
      const [near] = drawWindows(whole, 20, { ...options, first }, seededRandom(seed));
      expect(Math.abs(near!.column - 150)).toBeLessThanOrEqual(8);
      expect(Math.abs(near!.width - 100)).toBeLessThanOrEqual(12);
    }
    const all = { ...options, count: 200, first };
    const columns = drawWindows(whole, 20, all, seededRandom(3)).map(({ column }) => column);
    expect(Math.min(...columns)).toBeLessThan(60);
    expect(Math.max(...columns)).toBeGreaterThan(240);
  });
});

describe('a place', () => {
  const size = { rows: 8, columns: 8 };
  /** Grey noise everywhere but in an empty corner, and a spot that is redder than all else. */
  const noise = seededNoise(60, 90, 7);
  const picture = drawn(60, 90, (row, column, plane) => {
    if (row < 30 && column < 40) return 128;
    const spot = Math.hypot(row - 38, column - 66) < 12 && plane === 0 ? 60 : 0;
    return 128 + 20 * at(noise, plane, row, column) + spot;
  });
  const redness = (seen: Image): number => {
    const mean = (from: number): number =>
      seen.data.subarray(64 * from, 64 * (from + 1)).reduce((sum, value) => sum + value, 0) / 64;
    return mean(0) - mean(1);
  };

  it('is found where the spot was planted', async () => {
    const { place, score } = await findPlace(picture, size, (seen) =>
      Promise.resolve(redness(seen)),
    );
    expect(Math.abs(place.row * 60 - 38)).toBeLessThan(6);
    expect(Math.abs(place.column * 90 - 66)).toBeLessThan(6);
    expect(score).toBeGreaterThan(30);
  });

  it('is not where there is nothing to see', async () => {
    const emptiness = ({ data }: Image): number => {
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      return -data.reduce((sum, value) => sum + Math.abs(value - mean), 0);
    };
    const { place } = await findPlace(picture, size, (seen) => Promise.resolve(emptiness(seen)));
    const inCorner = place.row * 60 < 20 && place.column * 90 < 30;
    expect(inCorner).toBe(false);
  });
});

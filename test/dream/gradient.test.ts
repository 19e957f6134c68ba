/** The filters between the network's gradient and a step, against formulas and naive loops. */
import { describe, expect, it, vi } from 'vitest';
import { blur, cascadeBlur, gaussian } from '../../src/dream/gradient/blur.ts';
import { naturalColour } from '../../src/dream/gradient/colour.ts';
import { filterGradient } from '../../src/dream/gradient/filter.ts';
import { divideByLocalEnergy } from '../../src/dream/gradient/local.ts';
import {
  divideByDeviation,
  divideByMeanAbsolute,
  limitSoftly,
  multiply,
  rootMeanSquare,
  standardise,
} from '../../src/dream/gradient/normalise.ts';
import { balanceBands, mergeBands, splitBands } from '../../src/dream/gradient/pyramid.ts';
import { createImage } from '../../src/dream/image.ts';
import type { Image } from '../../src/dream/image.ts';
import { workbench } from '../../src/dream/kernels/workbench.ts';
import { presets } from '../../src/dream/presets.ts';
import type { Recipe } from '../../src/dream/recipe.ts';
import fc from '../helpers/fast-check.ts';
import { at, copyOf, drawn, largestDifference, seededNoise } from '../helpers/planes.ts';

/** More than one strip of rows is made of: `src/dream/kernels/workbench.ts`. */
const LARGE: [number, number] = [171, 301];

const sizes = fc.tuple(fc.integer({ min: 1, max: 23 }), fc.integer({ min: 1, max: 23 }));

function changed(image: Image, change: (copy: Image) => void): Image {
  const copy = copyOf(image);
  change(copy);
  return copy;
}

/** Reflected at the borders without repeating the border's cell, as NumPy's and torch's. */
function mirrored(index: number, length: number): number {
  let place = index;
  while (length > 1 && (place < 0 || place >= length)) {
    place = place < 0 ? -place : 2 * (length - 1) - place;
  }
  return length === 1 ? 0 : place;
}

describe('the blur', () => {
  function naiveBlur(image: Image, weights: Float32Array): Image {
    const radius = weights.length >> 1;
    return drawn(image.rows, image.columns, (row, column, plane) => {
      let sum = 0;
      for (let down = -radius; down <= radius; down++) {
        for (let right = -radius; right <= radius; right++) {
          const weight = weights[down + radius]! * weights[right + radius]!;
          const from = [mirrored(row + down, image.rows), mirrored(column + right, image.columns)];
          sum += weight * at(image, plane, from[0]!, from[1]!);
        }
      }
      return sum;
    });
  }

  it('is a convolution with the weights, of any size, at any size of picture', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 5 }), ([rows, columns], radius) => {
        const image = seededNoise(rows, columns, rows * 31 + columns);
        const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, tap) => tap + 1);
        multiply(weights, 1 / weights.reduce((sum, weight) => sum + weight));
        expect(largestDifference(blur(image, weights), naiveBlur(image, weights))).toBeLessThan(
          1e-5,
        );
      }),
      { numRuns: 60, examples: [[LARGE, 3]] },
    );
  });

  it('brings each row to few strips, also where it reaches further than rows fit on a strip', () => {
    const room = vi.spyOn(workbench(), 'room');
    try {
      const image = createImage(400, 2000);
      blur(image, gaussian(12, 30));
      const floats = room.mock.calls.reduce((sum, [count]) => sum + count, 0);
      // Lines, their sums along and those down, with as many rows around a strip as it has.
      expect(floats).toBeLessThan(6 * image.data.length);
    } finally {
      room.mockRestore();
    }
  });

  it('leaves the picture that it is given as it is', () => {
    const image = seededNoise(5, 6, 1);
    blur(image, gaussian(1, 2));
    expect(image.data).toEqual(seededNoise(5, 6, 1).data);
  });

  it('has the weights of a Gaussian, which add up to 1', () => {
    const weights = gaussian(1.5, 4);
    expect(weights).toHaveLength(9);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 6);
    for (let cell = 1; cell <= 4; cell++) {
      expect(weights[4 + cell]).toBe(weights[4 - cell]);
      expect(weights[4 + cell]! / weights[4]!).toBeCloseTo(Math.exp(-(cell ** 2) / 4.5), 6);
    }
  });

  it("in cascade is the mean of 9×9 windows of σ/2, σ and 2σ (gordicaleksa's)", () => {
    const image = seededNoise(14, 11, 2);
    const parts = [0.5, 1, 2].map((factor) => naiveBlur(image, gaussian(1.3 * factor, 4)));
    const expected = drawn(14, 11, (row, column, plane) =>
      parts.reduce((sum, part) => sum + at(part, plane, row, column) / 3, 0),
    );
    expect(largestDifference(cascadeBlur(image, 1.3), expected)).toBeLessThan(1e-5);
    expect(largestDifference(cascadeBlur(image, 1.2), expected)).toBeGreaterThan(1e-2);
  });
});

describe('the pyramid', () => {
  const KERNEL = [1, 4, 6, 4, 1];
  const clamped = (index: number, length: number) => Math.max(0, Math.min(index, length - 1));

  /** Every second cell of a convolution with the kernel's outer product / 256. */
  function naiveShrink(image: Image): Image {
    return drawn(Math.ceil(image.rows / 2), Math.ceil(image.columns / 2), (row, column, plane) => {
      let sum = 0;
      KERNEL.forEach((vertical, down) => {
        KERNEL.forEach((horizontal, right) => {
          const from = [2 * row + down - 2, 2 * column + right - 2];
          const [r, c] = [clamped(from[0]!, image.rows), clamped(from[1]!, image.columns)];
          sum += (vertical * horizontal * at(image, plane, r, c)) / 256;
        });
      });
      return sum;
    });
  }

  /** Zeros between the cells, and the same convolution times 4; cells repeat beyond the borders. */
  function naiveGrow(coarse: Image, rows: number, columns: number): Image {
    return drawn(rows, columns, (row, column, plane) => {
      let sum = 0;
      KERNEL.forEach((vertical, down) => {
        KERNEL.forEach((horizontal, right) => {
          const [r, c] = [row + down - 2, column + right - 2];
          if (r % 2 !== 0 || c % 2 !== 0) return;
          const [low, left] = [clamped(r / 2, coarse.rows), clamped(c / 2, coarse.columns)];
          sum += (vertical * horizontal * at(coarse, plane, low, left)) / 64;
        });
      });
      return sum;
    });
  }

  function naiveBands(image: Image, levels: number): Image[] {
    const bands: Image[] = [];
    let rest = image;
    for (let level = 0; level < levels && Math.min(rest.rows, rest.columns) > 2; level++) {
      const coarse = naiveShrink(rest);
      const [fine, smooth] = [rest, naiveGrow(coarse, rest.rows, rest.columns)];
      bands.push(
        drawn(fine.rows, fine.columns, (row, column, plane) => {
          return at(fine, plane, row, column) - at(smooth, plane, row, column);
        }),
      );
      rest = coarse;
    }
    return [...bands, rest];
  }

  function naiveMerge(bands: readonly Image[], weights: readonly number[]): Image {
    return bands
      .map((band, level) => drawnTimes(band, weights[level]!))
      .reduceRight((coarse, band) => {
        const smooth = naiveGrow(coarse, band.rows, band.columns);
        return drawn(
          band.rows,
          band.columns,
          (row, column, plane) => at(band, plane, row, column) + at(smooth, plane, row, column),
        );
      });
  }

  function drawnTimes(image: Image, factor: number): Image {
    return changed(image, ({ data }) => {
      multiply(data, factor);
    });
  }

  it('has the bands of Burt and Adelson, at even and odd sizes', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), ([rows, columns], levels) => {
        const image = seededNoise(rows, columns, rows * 37 + columns);
        const expected = naiveBands(image, levels);
        const bands = splitBands(copyOf(image), levels);
        expect(bands).toHaveLength(expected.length);
        bands.forEach((band, level) => {
          expect(largestDifference(band, expected[level]!)).toBeLessThan(1e-5);
        });
      }),
      { numRuns: 60, examples: [[LARGE, 2]] },
    );
  });

  it('is put together again to what it was split from', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 6 }), ([rows, columns], levels) => {
        const image = seededNoise(rows, columns, rows * 41 + columns);
        const bands = splitBands(copyOf(image), levels);
        const merged = mergeBands(
          bands,
          bands.map(() => 1),
        );
        expect(largestDifference(merged, image)).toBeLessThan(1e-5);
      }),
      { numRuns: 60, examples: [[LARGE, 2]] },
    );
  });

  it('of a flat picture has it all in its last band', () => {
    const bands = splitBands(
      drawn(20, 13, () => 3),
      3,
    );
    const sizesOf = bands.map(({ rows, columns }) => [rows, columns]);
    expect(sizesOf).toEqual([[20, 13], [10, 7], [5, 4], [3, 2]]); // prettier-ignore
    expect(bands.map(({ data }) => rootMeanSquare(data))).toEqual([0, 0, 0, 3]);
  });

  it.each([
    [4, 1],
    [4, 1.6],
    [2, 0.8],
  ])('balances %i bands to an RMS that grows by %f from each to the next', (levels, growth) => {
    const image = seededNoise(61, 47, 3);
    // Much stronger in large forms, as if somebody had blurred it.
    const waves = drawn(61, 47, (row, column) => 20 * Math.sin(row / 9) * Math.cos(column / 11));
    image.data.forEach((_, index) => (image.data[index]! += waves.data[index]!));
    const bands = naiveBands(image, levels);
    const strengths = bands.map(({ data }) => rootMeanSquare(data));
    expect(Math.max(...strengths) / Math.min(...strengths)).toBeGreaterThan(5);
    const weights = strengths.map((strength, level) => growth ** level / strength);
    const expected = naiveMerge(bands, weights);
    const balanced = changed(image, (copy) => {
      balanceBands(copy, levels, growth);
    });
    expect(largestDifference(balanced, expected)).toBeLessThan(1e-4);
    // The control: with another growth it is another gradient.
    const other = changed(image, (copy) => {
      balanceBands(copy, levels, growth * 1.1);
    });
    expect(largestDifference(other, expected)).toBeGreaterThan(1e-2);
  });

  it('balances a gradient the same however strong it is, and nothing to nothing', () => {
    const image = seededNoise(33, 20, 5);
    const [once, strong] = [1, 1024].map((factor) =>
      changed(drawnTimes(image, factor), (copy) => {
        balanceBands(copy, 3, 1.2);
      }),
    );
    expect(largestDifference(once!, strong!)).toBeLessThan(1e-4);
    const nothing = drawn(9, 9, () => 0);
    balanceBands(nothing, 3, 1.2);
    expect(nothing.data.every((value) => value === 0)).toBe(true);
  });
});

describe('natural colour', () => {
  /** Lucid's matrix, reference/dreaming.md section 6. */
  const M = [
    [0.26, 0.09, 0.02],
    [0.27, 0, -0.05],
    [0.27, -0.09, 0.03],
  ];
  const covariance = M.map((left) =>
    M.map((right) => left.reduce((sum, value, index) => sum + value * right[index]!, 0)),
  );
  const grey = covariance.flat().reduce((sum, value) => sum + value, 0) / 3;

  it.each([0, 0.4, 1])('at strength %f is that share of M·Mᵀ, for every pixel', (strength) => {
    const image = seededNoise(4, 7, 1);
    const turned = changed(image, (copy) => {
      naturalColour(copy, strength);
    });
    const expected = drawn(4, 7, (row, column, plane) => {
      const turnedFully = [0, 1, 2].reduce(
        (sum, other) => sum + (covariance[plane]![other]! / grey) * at(image, other, row, column),
        0,
      );
      return strength * turnedFully + (1 - strength) * at(image, plane, row, column);
    });
    expect(largestDifference(turned, expected)).toBeLessThan(1e-5);
  });

  it('keeps how bright a grey gradient is, and goes up wherever the gradient goes up', () => {
    const flat = drawn(2, 2, () => 1.5);
    naturalColour(flat, 1);
    const mean = flat.data.reduce((sum, value) => sum + value, 0) / flat.data.length;
    expect(mean).toBeCloseTo(1.5, 5);
    const image = seededNoise(9, 9, 2);
    const turned = changed(image, (copy) => {
      naturalColour(copy, 1);
    });
    for (let pixel = 0; pixel < 81; pixel++) {
      const along = [0, 81, 162].reduce(
        (sum, plane) => sum + image.data[plane + pixel]! * turned.data[plane + pixel]!,
        0,
      );
      expect(along).toBeGreaterThan(0);
    }
  });

  it('makes specks of rainbow colours weaker than grey ones', () => {
    const strengthOf = (colour: readonly number[]): number => {
      const pixel = drawn(1, 1, (_, __, plane) => colour[plane]!);
      naturalColour(pixel, 1);
      return rootMeanSquare(pixel.data);
    };
    expect(strengthOf([1, 1, 1])).toBeGreaterThan(5 * strengthOf([1, -1, 0]));
    expect(strengthOf([1, 1, 1])).toBeGreaterThan(20 * strengthOf([1, -2, 1]));
  });
});

describe('dividing by the local energy', () => {
  const divided = (image: Image, sigma: number, floor: number): Image =>
    changed(image, (copy) => {
      divideByLocalEnergy(copy, sigma, floor);
    });

  /** Block by block, as described: 8 × 8 pixels, a Gaussian over blocks, lines between middles. */
  function naive(image: Image, sigma: number, floor: number): Image {
    const [down, across] = [Math.ceil(image.rows / 8), Math.ceil(image.columns / 8)];
    const energies = Array.from({ length: down }, () => new Array<number>(across).fill(0));
    const counts = energies.map((line) => line.map(() => 0));
    for (let row = 0; row < image.rows; row++) {
      for (let column = 0; column < image.columns; column++) {
        const [r, c] = [Math.floor(row / 8), Math.floor(column / 8)];
        counts[r]![c]!++;
        for (let plane = 0; plane < 3; plane++)
          energies[r]![c]! += at(image, plane, row, column) ** 2;
      }
    }
    const weight = (cells: number): number => Math.exp(-(cells ** 2) / (2 * (sigma / 8) ** 2));
    const reach = Math.ceil((2.5 * sigma) / 8);
    const offsets = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
    const total = offsets.reduce((sum, offset) => sum + weight(offset), 0) ** 2;
    const blurred = energies.map((line, r) =>
      line.map((_, c) => {
        let sum = 0;
        for (const y of offsets) {
          for (const x of offsets) {
            const [from, left] = [mirrored(r + y, down), mirrored(c + x, across)];
            sum += (weight(y) * weight(x) * energies[from]![left]!) / counts[from]![left]!;
          }
        }
        return sum / total;
      }),
    );
    const mean = blurred.flat().reduce((sum, energy) => sum + energy, 0) / (down * across);
    const factors = blurred.map((line) =>
      line.map((energy) => 1 / Math.sqrt(energy + floor ** 2 * mean)),
    );
    const between = (pixel: number, blocks: number): [number, number, number] => {
      // The middle of block b lies at pixel 8·b + 3.5.
      const place = Math.max(0, Math.min((pixel - 3.5) / 8, blocks - 1));
      return [Math.floor(place), Math.ceil(place), place - Math.floor(place)];
    };
    return drawn(image.rows, image.columns, (row, column, plane) => {
      const [top, bottom, y] = between(row, down);
      const [left, right, x] = between(column, across);
      const above = (1 - x) * factors[top]![left]! + x * factors[top]![right]!;
      const below = (1 - x) * factors[bottom]![left]! + x * factors[bottom]![right]!;
      return ((1 - y) * above + y * below) * at(image, plane, row, column);
    });
  }

  it('divides by the RMS of what lies around, measured by blocks', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(4, 8, 16),
        (rows, columns, sigma) => {
          const image = seededNoise(rows, columns, rows * 43 + columns);
          image.data.forEach((_, index) => (image.data[index]! *= 1 + ((index % columns) % 20)));
          const expected = naive(image, sigma, 0.5);
          expect(largestDifference(divided(image, sigma, 0.5), expected)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 30, examples: [[...LARGE, 16]] },
    );
  });

  it('divides a gradient that is everywhere as strong by its RMS over the channels', () => {
    const flat = drawn(37, 29, (row, column) => ((row + column) % 2 === 0 ? 2 : -2));
    const expected = 2 / Math.sqrt(3 * 4 * (1 + 0.5 ** 2));
    const result = divided(flat, 16, 0.5);
    result.data.forEach((value, index) => {
      expect(value).toBeCloseTo(Math.sign(flat.data[index]!) * expected, 5);
    });
  });

  it('lets a weak region dream as much as a strong one, but for the floor', () => {
    const image = seededNoise(128, 160, 1);
    const strong = (index: number): boolean => index % 160 < 80;
    image.data.forEach((_, index) => (image.data[index]! *= strong(index) ? 50 : 1));
    const strengths = (picture: Image): [number, number] => {
      // The middles of both halves, away from where they meet.
      const part = (from: number): number =>
        rootMeanSquare(
          picture.data.filter((_, index) => index % 160 >= from && index % 160 < from + 20),
        );
      return [part(10), part(130)];
    };
    const [before, beforeWeak] = strengths(image);
    expect(before / beforeWeak).toBeGreaterThan(40);
    const [after, afterWeak] = strengths(divided(image, 8, 0.001));
    expect(after / afterWeak).toBeLessThan(1.2);
    const [floored, flooredWeak] = strengths(divided(image, 8, 0.5));
    expect(floored / flooredWeak).toBeGreaterThan(10);
    expect(floored / flooredWeak).toBeLessThan(30);
  });

  it('keeps every sign, and the colour of every pixel', () => {
    const image = seededNoise(30, 41, 2);
    const result = divided(image, 12, 0.25);
    for (let pixel = 0; pixel < 30 * 41; pixel++) {
      const factors = [0, 1, 2].map(
        (plane) => result.data[plane * 30 * 41 + pixel]! / image.data[plane * 30 * 41 + pixel]!,
      );
      expect(factors[0]).toBeGreaterThan(0);
      expect(Math.max(...factors) / Math.min(...factors)).toBeLessThan(1.0001);
    }
  });

  it('varies smoothly: neighbours differ by less than their regions do', () => {
    const image = seededNoise(64, 64, 3);
    image.data.forEach((_, index) => (image.data[index]! *= index % 64 < 32 ? 10 : 1));
    const result = divided(image, 8, 0.1);
    const factor = (row: number, column: number): number =>
      at(result, 0, row, column) / at(image, 0, row, column);
    for (let column = 1; column < 64; column++) {
      expect(factor(30, column) / factor(30, column - 1)).toBeLessThan(1.4);
    }
    expect(factor(30, 60) / factor(30, 4)).toBeGreaterThan(4);
  });

  it('gives the same however strong the gradient is, and nothing for nothing', () => {
    const image = seededNoise(19, 33, 4);
    const strong = changed(image, ({ data }) => {
      multiply(data, 1e4);
    });
    expect(largestDifference(divided(image, 10, 0.3), divided(strong, 10, 0.3))).toBeLessThan(1e-4);
    expect(
      divided(
        drawn(9, 9, () => 0),
        10,
        0.3,
      ).data.every((value) => value === 0),
    ).toBe(true);
    // Smaller than one block.
    expect(divided(seededNoise(1, 1, 1), 10, 0.3).data.every(Number.isFinite)).toBe(true);
  });
});

describe('normalising', () => {
  const image = changed(seededNoise(13, 17, 1), ({ data }) => {
    data.forEach((value, index) => (data[index] = 1e-5 * value + 3e-6));
  });
  const meanOf = (values: Float32Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviationOf = (values: Float32Array): number => {
    const mean = meanOf(values);
    return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  };
  const factorOf = (result: Image): number => {
    const factor = result.data[0]! / image.data[0]!;
    result.data.forEach((value, index) => {
      expect(value / image.data[index]! / factor).toBeCloseTo(1, 5);
    });
    return factor;
  };

  it('by mean-abs makes |g| 1 in the mean, and keeps the direction', () => {
    const result = changed(image, divideByMeanAbsolute);
    expect(meanOf(result.data.map(Math.abs))).toBeCloseTo(1, 2);
    expect(factorOf(result)).toBeCloseTo(1 / (meanOf(image.data.map(Math.abs)) + 1e-8), -1);
  });

  it('by std makes the deviation 1, and keeps the direction and so the mean', () => {
    const result = changed(image, divideByDeviation);
    expect(deviationOf(result.data)).toBeCloseTo(1, 2);
    expect(meanOf(result.data)).toBeGreaterThan(0.1);
    factorOf(result);
  });

  it('by standardising makes the deviation 1 and the mean 0', () => {
    const result = changed(image, standardise);
    expect(deviationOf(result.data)).toBeCloseTo(1, 2);
    expect(meanOf(result.data)).toBeCloseTo(0, 4);
  });

  it.each([divideByMeanAbsolute, divideByDeviation, standardise])(
    '%o: one infinite value is seen in every cell',
    (normalise) => {
      const gradient = seededNoise(5, 6, 1);
      gradient.data[40] = Infinity;
      normalise(gradient);
      expect(gradient.data.every((value) => Number.isNaN(value))).toBe(true);
    },
  );

  it.each([divideByMeanAbsolute, divideByDeviation, standardise])(
    'makes nothing of nothing (%o)',
    (normalise) => {
      const nothing = drawn(3, 3, () => 0);
      normalise(nothing);
      expect(nothing.data.every((value) => value === 0)).toBe(true);
    },
  );
});

describe("a recipe's filters", () => {
  const plain: Recipe = { ...presets.caffe };
  const gradient = seededNoise(40, 50, 9);
  const filtered = (recipe: Partial<Recipe>, progress = 0): Image =>
    filterGradient(copyOf(gradient), { ...plain, ...recipe }, progress);

  it('are those that it names, from the blur to the normalisation', () => {
    const all: Partial<Recipe> = {
      blur: [0.5, 2.5],
      bands: { levels: 3, growth: 1.3 },
      naturalColour: 0.7,
      localEnergy: { sigma: 12, floor: 0.3 },
      normalise: 'std',
    };
    const expected = cascadeBlur(gradient, 1.5);
    balanceBands(expected, 3, 1.3);
    naturalColour(expected, 0.7);
    divideByLocalEnergy(expected, 12, 0.3);
    divideByDeviation(expected);
    expect(filtered(all, 0.5).data).toEqual(expected.data);
    // The control: each of them makes a difference.
    for (const name of ['blur', 'bands', 'localEnergy'] as const) {
      expect(
        largestDifference(filtered({ ...all, [name]: undefined }, 0.5), expected),
      ).toBeGreaterThan(0.1);
    }
  });

  it('end with the limit, which few large values meet and small ones do not', () => {
    const unlimited = filtered({});
    const { data } = filtered({ limit: 3 });
    const expected = changed(unlimited, (image) => {
      limitSoftly(image, 3);
    });
    expect(data).toEqual(expected.data);
    data.forEach((value, index) => {
      const before = unlimited.data[index]!;
      expect(Math.abs(value)).toBeLessThan(3);
      expect(Math.sign(value)).toBe(Math.sign(before));
      if (Math.abs(before) < 0.3) expect(value).toBeCloseTo(before, 2);
    });
  });

  it('are none but the normalisation where it names none', () => {
    const expected = changed(gradient, divideByMeanAbsolute);
    expect(filtered({}).data).toEqual(expected.data);
    expect(filtered({ normalise: 'standardise' }).data).toEqual(
      changed(gradient, standardise).data,
    );
  });

  it('blur from the first σ to the second as an octave goes on', () => {
    const recipe: Partial<Recipe> = { blur: [0.7, 2.5] };
    [0, 0.5, 1].forEach((progress) => {
      const expected = cascadeBlur(gradient, 0.7 + 1.8 * progress);
      divideByMeanAbsolute(expected);
      expect(largestDifference(filtered(recipe, progress), expected)).toBeLessThan(1e-5);
    });
  });
});

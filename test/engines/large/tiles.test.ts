/** Tiles along an axis, and copying them out of tensors and back. */
import { describe, expect, it } from 'vitest';
import { alignmentOf, extentsOf } from '../../../src/engines/large/extents.ts';
import type { Extent, Interval } from '../../../src/engines/large/extents.ts';
import { trunkOf } from '../../../src/engines/large/locality.ts';
import type { Trunk } from '../../../src/engines/large/locality.ts';
import { cut, paste, placeTiles, sumKept } from '../../../src/engines/large/tiles.ts';
import type { Grid, Part, Tile } from '../../../src/engines/large/tiles.ts';
import { GraphBuilder } from '../../../src/graph/builder.ts';
import { seededRandom } from '../../../src/kit/random.ts';
import fc from '../../helpers/fast-check.ts';

/** A tensor as long as the whole: `halo` cells are wrong at each border that is not the whole's. */
function haloed(length: number, halo: number): (tile: Interval) => Map<string, Extent> {
  return (tile) => {
    const from = tile.from === 0 ? 0 : tile.from + halo;
    const to = tile.to === length ? length : tile.to - halo;
    return new Map([['x', { length, tile, right: { from, to: Math.max(from, to) } }]]);
  };
}

function tilesFor(length: number, side: number, alignment: number, halo: number): Tile[] | null {
  return placeTiles(length, { side, alignment, rightOf: haloed(length, halo) });
}

describe('tiles', () => {
  it('are the whole where that is no longer than a side', () => {
    const tiles = tilesFor(100, 100, 8, 30)!;
    expect(tiles.map(({ from, to }) => [from, to])).toEqual([[0, 100]]);
  });

  it('keep every cell once, right, and lie where the whole has its windows', () => {
    const lengths = fc.integer({ min: 1, max: 700 });
    const sides = fc.integer({ min: 20, max: 200 });
    const steps = fc.constantFrom(1, 2, 3, 8, 16);
    const halos = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(lengths, sides, steps, halos, (length, side, alignment, halo) => {
        const tiles = tilesFor(length, side, alignment, halo);
        if (tiles === null) return;
        let reached = 0;
        for (const { from, to, parts } of tiles) {
          const { kept } = parts.get('x')!;
          expect(to - from).toBeLessThanOrEqual(side);
          expect(from % alignment).toBe(0);
          expect((length - (to - from)) % alignment).toBe(0);
          expect(kept.from).toBe(reached);
          if (from > 0) expect(kept.from).toBeGreaterThanOrEqual(from + halo);
          if (to < length) expect(kept.to).toBeLessThanOrEqual(to - halo);
          reached = kept.to;
        }
        expect(reached).toBe(length);
      }),
    );
  });

  it('are found wherever a tile keeps two steps of the alignment', () => {
    const cases = fc.record({
      length: fc.integer({ min: 1, max: 2000 }),
      alignment: fc.constantFrom(1, 2, 4, 16),
      halo: fc.integer({ min: 0, max: 60 }),
      more: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(cases, ({ length, alignment, halo, more }) => {
        const side = 2 * halo + 3 * alignment + more;
        expect(tilesFor(length, side, alignment, halo)).not.toBeNull();
      }),
    );
  });

  it('are none where the halo leaves nothing', () => {
    expect(tilesFor(300, 64, 8, 32)).toBeNull();
    expect(tilesFor(300, 5, 8, 0)).toBeNull();
  });
});

describe('tiles of networks', () => {
  const windows = fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.constantFrom('same', 'valid'),
    }),
    { minLength: 1, maxLength: 4 },
  );

  function chainOf(pools: readonly { size: number; stride: number; padding: string }[]): Trunk {
    const builder = new GraphBuilder();
    let x = builder.input('picture', [1, null, null, 3]);
    for (const { size, stride, padding } of pools) {
      const attributes = { size: [size, size], strides: [stride, stride], dilations: [1, 1] };
      x = builder.add('maxPool', [x], { ...attributes, padding });
    }
    return trunkOf(builder, 'picture');
  }

  it('that are too short for a window get nothing right, and cover nothing', () => {
    const lengths = fc.integer({ min: 60, max: 300 });
    let short = 0;
    fc.assert(
      fc.property(windows, lengths, lengths, (pools, length, place) => {
        const trunk = chainOf(pools);
        const alignment = alignmentOf(trunk, 0);
        for (let side = length % alignment || alignment; side < length; side += alignment) {
          const from = alignment * (place % ((length - side) / alignment + 1));
          const extents = [...extentsOf(trunk, 0, length, { from, to: from + side }).values()];
          const empty = extents.findIndex(({ tile }) => tile.from === tile.to);
          if (empty < 0) continue;
          short++;
          for (const { right } of extents.slice(empty)) expect(right.to).toBe(right.from);
        }
      }),
      { numRuns: 300 },
    );
    expect(short).toBeGreaterThan(50);
  });

  it('are none where every tile would be too short', () => {
    const trunk = chainOf([
      { size: 4, stride: 1, padding: 'valid' },
      { size: 3, stride: 2, padding: 'same' },
    ]);
    const rightOf = (tile: Interval) => extentsOf(trunk, 0, 101, tile);
    expect(placeTiles(101, { side: 3, alignment: 2, rightOf })).toBeNull();
    expect(placeTiles(101, { side: 31, alignment: 2, rightOf })).not.toBeNull();
  });
});

describe('parts of a tensor', () => {
  const random = seededRandom(3);
  const whole: Grid = {
    channels: 2,
    rows: 5,
    columns: 7,
    data: Float32Array.from({ length: 70 }, () => random.normal()),
  };
  const down: Part = { tile: { from: 1, to: 5 }, kept: { from: 2, to: 4 } };
  const across: Part = { tile: { from: 3, to: 7 }, kept: { from: 3, to: 6 } };
  const tile = cut(whole, down.tile, across.tile, new Float32Array(100));

  it('are cut out row by row', () => {
    expect(tile).toMatchObject({ channels: 2, rows: 4, columns: 4 });
    expect(tile.data).toHaveLength(32);
    // Channel 1, row 2 and column 5 of the whole.
    expect(tile.data[(4 + 1) * 4 + 2]).toBe(whole.data[(5 + 2) * 7 + 5]);
  });

  it('go back as far as they are kept', () => {
    const target: Grid = { ...whole, data: new Float32Array(70).fill(9) };
    paste(target, tile, down, across);
    for (let index = 0; index < 70; index++) {
      const [row, column] = [Math.floor(index / 7) % 5, index % 7];
      const kept = row >= 2 && row < 4 && column >= 3 && column < 6;
      expect(target.data[index]).toBe(kept ? whole.data[index] : 9);
    }
  });

  it('are summed as far as they are kept, each channel for itself', () => {
    const expected = [0, 0];
    whole.data.forEach((value, index) => {
      const [row, column] = [Math.floor(index / 7) % 5, index % 7];
      if (row >= 2 && row < 4 && column >= 3 && column < 6)
        expected[Math.floor(index / 35)]! += value;
    });
    const sums = sumKept(tile, down, across);
    expect(sums[0]).toBeCloseTo(expected[0]!, 6);
    expect(sums[1]).toBeCloseTo(expected[1]!, 6);
  });
});

import type { NodeRef } from '../../graph/graph.ts';
import { scalarTensor } from '../program.ts';
import type { Tensor } from '../program.ts';
import type { PictureSize } from '../engine.ts';
import { sizeAt } from './placement.ts';
import type { Trunk } from './locality.ts';
import type { Sum } from './stages.ts';
import { sumKept } from './tiles.ts';
import type { Grid, Part } from './tiles.ts';

/** The reductions of a whole picture, added up tile by tile. */
export class Sums {
  readonly #totals = new Map<NodeRef, Float64Array>();
  readonly #counts = new Map<NodeRef, number>();
  readonly #sums: Sum[] = [];

  /** @param size of the trunk's start */
  expect(sums: readonly Sum[], trunk: Trunk, size: PictureSize): void {
    for (const sum of sums) {
      const { name, source, acrossChannels, channels } = sum.reduction;
      const { rows, columns } = sizeAt(trunk, source, size);
      this.#counts.set(name, rows * columns * (acrossChannels ? channels : 1));
      this.#totals.set(name, new Float64Array(acrossChannels ? 1 : channels));
      this.#sums.push(sum);
    }
  }

  add({ reduction }: Sum, terms: Grid, down: Part, across: Part): void {
    const total = this.#totals.get(reduction.name)!;
    sumKept(terms, down, across).forEach((value, channel) => (total[channel]! += value));
  }

  /** The values of the `share` inputs. */
  shares(): [NodeRef, Tensor][] {
    return this.#sums.flatMap(({ share, reduction }): [NodeRef, Tensor][] =>
      share === null ? [] : [[share, scalarTensor(1 / this.#counts.get(reduction.name)!)]],
    );
  }

  /** The reductions' values. */
  values(): [NodeRef, Tensor][] {
    return this.#sums.map(({ reduction: { name, mean, shape } }) => {
      const divisor = mean ? this.#counts.get(name)! : 1;
      const data = Float32Array.from(this.#totals.get(name)!, (total) => total / divisor);
      return [name, { shape: shape.map((size) => size ?? 1), data }];
    });
  }
}

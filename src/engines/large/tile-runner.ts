import type { NodeRef } from '../../graph/graph.ts';
import type { PictureSize } from '../engine.ts';
import type { Program, Tensor } from '../program.ts';
import type { Parameters } from '../whole.ts';
import type { Interval } from './extents.ts';
import { partAt, placementOf } from './placement.ts';
import type { Pass } from './placement.ts';
import type { Sum } from './stages.ts';
import type { Sums } from './sums.ts';
import { cut, paste } from './tiles.ts';
import type { Grid, Part, Tile } from './tiles.ts';
import type { Workspace } from './workspace.ts';

/** What a program reads. */
export interface Sources {
  readonly start: Grid;
  /** A second tensor, at another node: the cotangent of the stage's end. */
  readonly end?: { readonly input: NodeRef; readonly node: NodeRef; readonly values: Grid } | null;
  /** What is the same for every tile. */
  readonly feeds: Parameters;
}

/** Runs a program over a tensor, tile by tile. */
export class TileRunner {
  constructor(private readonly workspace: Workspace) {}

  async run(
    pass: Pass & { readonly program: Program; readonly side: PictureSize },
    { start, end, feeds }: Sources,
    keep: (result: TileResult) => void,
  ): Promise<void> {
    const { trunk, program, side } = pass;
    const placement = placementOf(pass, start, side);
    if (!placement)
      throw new Error(`tiles of ${side.columns}×${side.rows} are too small for '${trunk.start}'`);
    for (const down of placement.rows) {
      for (const across of placement.columns) {
        const tile = new Map(feeds).set(trunk.start, this.#part('start', start, down, across));
        if (end) {
          const rows = partAt(trunk, 0, end.node, start.rows, down);
          const columns = partAt(trunk, 1, end.node, start.columns, across);
          tile.set(end.input, this.#part('end', end.values, rows, columns));
        }
        keep(new TileResult(await program.run(tile), down, across));
      }
    }
    await program.close();
  }

  /** A part of a tensor, in memory that the next part with this name takes again. */
  #part(name: 'start' | 'end', whole: Grid, down: Interval, across: Interval): Tensor {
    const cells = (down.to - down.from) * (across.to - across.from);
    const memory = this.workspace.scratch(name, whole.channels * cells);
    const { channels, rows, columns, data } = cut(whole, down, across, memory);
    return { shape: [1, channels, rows, columns], data };
  }
}

export class TileResult {
  constructor(
    private readonly values: ReadonlyMap<NodeRef, Tensor>,
    private readonly down: Tile,
    private readonly across: Tile,
  ) {}

  /** Puts what is kept of an output, which lies as `part` does, into the whole. */
  paste(output: NodeRef, part: NodeRef, whole: Grid): void {
    paste(whole, this.#grid(output), ...this.#parts(part));
  }

  add(sum: Sum, sums: Sums): void {
    sums.add(sum, this.#grid(sum.terms), ...this.#parts(sum.reduction.source));
  }

  #parts(name: NodeRef): [Part, Part] {
    return [this.down.parts.get(name)!, this.across.parts.get(name)!];
  }

  #grid(output: NodeRef): Grid {
    const { shape, data } = this.values.get(output)!;
    const [, channels, rows, columns] = shape as [number, number, number, number];
    return { channels, rows, columns, data };
  }
}

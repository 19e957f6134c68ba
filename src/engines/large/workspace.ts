import type { Grid } from './tiles.ts';

/** The memory of a gradient's whole tensors, which the next gradient takes again. */
export class Workspace {
  #capacity = 0;
  #idle: Float32Array[] = [];
  readonly #scratch = new Map<string, Float32Array>();

  /** From now on grids have at most that many values. Grids lent before keep their memory. */
  reserve(values: number): void {
    if (values === this.#capacity) return;
    this.#capacity = values;
    this.#idle = [];
    this.#scratch.clear();
  }

  /** The grid's values are whatever was there before. */
  grid({ channels, rows, columns }: Omit<Grid, 'data'>): Grid {
    const memory = this.#idle.pop() ?? new Float32Array(this.#capacity);
    return { channels, rows, columns, data: memory.subarray(0, channels * rows * columns) };
  }

  /** Takes a grid's memory back; `null` is no grid. */
  free(grid: Grid | null): void {
    if (grid) this.#idle.push(new Float32Array(grid.data.buffer as ArrayBuffer));
  }

  /** At least `values` values, the same memory for the same name. */
  scratch(name: string, values: number): Float32Array {
    let memory = this.#scratch.get(name);
    if (!memory || memory.length < values) {
      memory = new Float32Array(values);
      this.#scratch.set(name, memory);
    }
    return memory;
  }
}

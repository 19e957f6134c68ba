/**
 * A network's trained numbers, as importers see them: named, and brought into memory only when a
 * caller says which of them it needs (a dream at an early layer reads a fifth of the file).
 */
import type { Constant, Graph } from '../graph/graph.ts';

/** A constant made from weights of a file; `read` works once they are `ready`. */
export interface StoredConstant extends Constant {
  /** The names of the weights that `read` needs. */
  readonly weights: readonly string[];
}

export interface Weights {
  has(name: string): boolean;
  /** @throws DreamError 'bad-model' when the file has no weight of that name. */
  constant(name: string): StoredConstant;
  /** Loads weights; afterwards the constants made from them can be read. */
  ready(names: Iterable<string>): Promise<void>;
}

/** A constant that `compute` makes from the values of `sources`, anew at each `read`. */
export function derived(
  shape: readonly number[],
  sources: readonly StoredConstant[],
  compute: (values: readonly Float32Array[]) => Float32Array,
): StoredConstant {
  return {
    shape,
    weights: sources.flatMap((source) => source.weights),
    read: () => compute(sources.map((source) => source.read())),
  };
}

/** The names of all weights that a graph's constants are made from. */
export function weightsOf(graph: Pick<Graph, 'constants'>): Set<string> {
  const names = new Set<string>();
  for (const constant of graph.constants.values()) {
    if ('weights' in constant) {
      for (const name of (constant as StoredConstant).weights) names.add(name);
    }
  }
  return names;
}

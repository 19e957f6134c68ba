/**
 * A network's trained numbers, as importers see them: named, and brought into memory only when a
 * caller says which of them it needs (a dream at an early layer reads a fifth of the file).
 */
import type { Constant, Graph } from '../graph/graph.ts';

/** A constant made from weights of a file; `read` works once they are `ready`. */
export interface StoredConstant extends Constant {
  /** The names of the weights that `read` needs. */
  readonly weights: readonly string[];
  /** How many constants are computed from one another before it can be read. @default 0 */
  readonly depth?: number;
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
    weights: [...new Set(sources.flatMap((source) => source.weights))],
    depth: 1 + sources.reduce((deepest, { depth = 0 }) => Math.max(deepest, depth), 0),
    read: () => compute(sources.map((source) => source.read())),
  };
}

/** The same constant, computed once where several ask for it one after another. */
export function remembered(constant: StoredConstant): StoredConstant {
  let known: WeakRef<Float32Array> | undefined;
  const read = (): Float32Array => {
    const values = known?.deref() ?? constant.read();
    known = new WeakRef(values);
    return values;
  };
  return { ...constant, read };
}

const DEEPEST = 100;
/** Networks make a constant from a few. Each names all that it is made from. */
const MOST_SOURCES = 256;

/** Whether a constant is made from more than any network's: it would take long to read. */
export function isBeyondMeasure({ depth = 0, weights }: StoredConstant): boolean {
  return depth > DEEPEST || weights.length > MOST_SOURCES;
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

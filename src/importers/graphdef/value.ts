import type { Dimension, NodeRef } from '../../graph/graph.ts';
import type { StoredConstant } from '../weights.ts';

/** What an input is: a tensor of the graph, a constant that is not in it yet, or sizes. */
export type Value = { readonly ref: NodeRef } | NamedConstant | Sizes;

export interface NamedConstant {
  readonly name: string;
  readonly constant: StoredConstant;
}

/** A whole number or a list of them; null is one that is known only when a picture comes. */
export interface Sizes {
  readonly sizes: readonly Dimension[];
  readonly isList: boolean;
}

/** What a classifier's classes score before that is made to look like probabilities. */
import { nodeOf } from '../graph/graph.ts';
import type { Graph, NodeRef } from '../graph/graph.ts';

export interface Logits {
  /** The scores before the softmax or sigmoid; where there is none, the output itself. */
  readonly node: NodeRef;
  /** `sigmoid`: every class for itself. Logits without either are meant for a softmax. */
  readonly squash: 'softmax' | 'sigmoid';
}

/** Ops between a network's softmax and its output that leave one number to each class. */
const AFTER_SQUASH = new Set(['reshape', 'transpose', 'log']);

/** A class's probability hardly moves where it is near 0 or 1; its logit always does. */
export function logitsOf(graph: Pick<Graph, 'nodes'>, output: NodeRef): Logits {
  for (let node = nodeOf(graph, output); ; node = nodeOf(graph, node.inputs[0]!)) {
    const { op, inputs } = node;
    if (op === 'softmax' || op === 'sigmoid') return { node: inputs[0]!, squash: op };
    if (!AFTER_SQUASH.has(op)) return { node: output, squash: 'softmax' };
  }
}

/** Of every class, from its logits. A lone logit is that of the second of two classes. */
export function probabilitiesOf(logits: ArrayLike<number>, squash: Logits['squash']): number[] {
  const values = Array.from(logits);
  if (values.length === 1) return [sigmoid(-values[0]!), sigmoid(values[0]!)];
  if (squash === 'sigmoid') return values.map(sigmoid);
  const most = Math.max(...values);
  const raised = values.map((value) => Math.exp(value - most));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

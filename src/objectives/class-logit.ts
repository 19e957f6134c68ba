import type { NodeRef } from '../graph/graph.ts';
import type { GraphBuilder } from '../graph/builder.ts';
import { logitsOf } from './logits.ts';
import type { Objective, ScoreContext } from './objective.ts';

export interface ClassView {
  /** The network's output: the scores of its classes. */
  readonly output: NodeRef;
  /** How many numbers it holds: one of two classes is told by a single one. */
  readonly scores: number;
  readonly index: number;
  readonly label: string;
  /**
   * What is taken away from the class's logit:
   *
   *   a number from 0 to 1   this share of log Σ exp of all other logits, where the classes share
   *                          one softmax: at 1 the score is the logarithm of the class's odds
   *   'strongest'            the largest other logit, and where classes stand alone at least 0:
   *                          above 0 the network says this class
   */
  readonly rivals: number | 'strongest';
}

/** Pushes a logit out of every maximum; small enough that no exponential overflows. */
const OUT_OF_SIGHT = -1e9;

/** The logit of a class, before the softmax or sigmoid. */
export function classLogit(view: ClassView): Objective {
  const { label, rivals, scores } = view;
  return {
    describe: () => {
      if (rivals === 'strongest') return `margin(${label})`;
      return rivals === 0 || scores === 1
        ? `logit(${label})`
        : `(logit(${label}) − ${rivals === 1 ? '' : `${rivals}·`}others)`;
    },
    score: (context) => {
      const { builder } = context;
      const { squash, node } = logitsOf(builder, view.output);
      const logits = builder.add('reshape', [node], { shape: [scores] });
      const own = scores === 1 ? lone(logits, view, builder) : picked(logits, view, builder);
      const rival = rivalOf(logits, view, { ...context, alone: squash === 'sigmoid' });
      return rival === null ? own : builder.add('sub', [own, rival]);
    },
  };
}

/** Of two classes told by one number it is the second's; the first's is the opposite. */
function lone(logits: NodeRef, { index }: ClassView, builder: GraphBuilder): NodeRef {
  return total(builder.add('mul', [logits, builder.scalar(index === 0 ? -1 : 1)]), builder);
}

function picked(logits: NodeRef, { index, scores }: ClassView, builder: GraphBuilder): NodeRef {
  const mask = vector(scores, (cell) => (cell === index ? 1 : 0), builder);
  return total(builder.add('mul', [logits, mask]), builder);
}

function rivalOf(
  logits: NodeRef,
  { index, scores, rivals }: ClassView,
  { builder, alone }: ScoreContext & { alone: boolean },
): NodeRef | null {
  if (scores === 1 || rivals === 0) return null;
  const hidden = vector(scores, (cell) => (cell === index ? OUT_OF_SIGHT : 0), builder);
  const others = builder.add('add', [logits, hidden]);
  const most = builder.add('reduceMax', [others], { axes: [0], keepDimensions: false });
  if (rivals === 'strongest') return alone ? builder.add('relu', [most]) : most;
  if (alone) return null;
  const raised = builder.add('exp', [builder.add('sub', [others, most])]);
  const logOfSum = builder.add('log', [total(raised, builder)]);
  const sum = builder.add('add', [logOfSum, most]);
  return builder.add('mul', [sum, builder.scalar(rivals)]);
}

function total(values: NodeRef, builder: GraphBuilder): NodeRef {
  return builder.add('reduceSum', [values], { axes: [0], keepDimensions: false });
}

function vector(count: number, valueAt: (index: number) => number, builder: GraphBuilder): NodeRef {
  const values = Float32Array.from({ length: count }, (_, index) => valueAt(index));
  return builder.constant({ shape: [count], read: () => values });
}

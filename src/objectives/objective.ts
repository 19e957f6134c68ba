import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeRef } from '../graph/graph.ts';
import type { Taps } from '../graph/taps.ts';

/** What a dream climbs: a score, never a loss; up is good. */
export interface Objective {
  /** A formula for people: `0.2·mean(mixed2²) + 0.5·mean(mixed3²)`. */
  describe(): string;
  /** Adds the nodes of the score; returns the one with its value, of shape []. */
  score(context: ScoreContext): NodeRef;
}

export interface ScoreContext {
  readonly taps: Taps;
  readonly builder: GraphBuilder;
  /**
   * Turns a value into a parameter: computed once from the picture as it was before the ascent,
   * held from then on, and constant to the gradient.
   */
  readonly calibrated: (value: NodeRef) => NodeRef;
  /**
   * 1 / (all cells of a tensor) as a scalar. Where the picture is one tile of a larger one, the
   * cells are those of the whole: what tiles add up to is then the whole's score.
   */
  readonly shareOfCell: (ref: NodeRef) => NodeRef;
}

import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeRef } from '../graph/graph.ts';
import type { Taps } from '../graph/taps.ts';

/** What a dream climbs: a score, never a loss; up is good. */
export interface Objective {
  /** In words or a formula, for people: `0.2·mixed2² + 0.5·mixed3²`. */
  describe(): string;
  /** Adds the nodes of the score; returns the one with its value, of shape []. */
  score(taps: Taps, builder: GraphBuilder): NodeRef;
  /**
   * Graph inputs whose values come from a picture before the ascent begins (the weights of a
   * whitened layer): each input, and the node that computes it from the picture.
   */
  calibrations?(taps: Taps, builder: GraphBuilder): readonly Calibration[];
}

export interface Calibration {
  readonly parameter: NodeRef;
  readonly value: NodeRef;
}

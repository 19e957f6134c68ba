/** The one interface to whatever computes gradients. */
import type { Graph, NodeRef } from '../graph/graph.ts';
import type { Objective } from '../objectives/objective.ts';
import type { Room } from './program.ts';

/** A picture as engines take it: RGB planes, 0..255, [3, rows, columns]. */
export interface Planes extends PictureSize {
  readonly data: Float32Array;
}

export interface PictureSize {
  readonly rows: number;
  readonly columns: number;
}

export interface ScoreAndGradient {
  readonly score: number;
  /** d score / d picture, [3, rows, columns]; valid until the next call. */
  readonly gradient: Float32Array;
}

/** A network and an objective, ready to be climbed at pictures of any size. */
export interface Ascent {
  /** Sets the objective's parameters (channel weights) from a picture. */
  calibrate(picture: Planes): Promise<void>;
  at(picture: Planes): Promise<ScoreAndGradient>;
  dispose(): Promise<void>;
}

/** A forward pass with chosen outputs. */
export interface Evaluation {
  at(picture: Planes): Promise<ReadonlyMap<NodeRef, Evaluated>>;
  dispose(): Promise<void>;
}

/** Values in the graph's layout: rank 4 is [batch, rows, columns, channels]. */
export interface Evaluated {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface PrepareOptions {
  /**
   * Bytes that the whole process may hold: a picture that would take more has its gradient
   * computed in stages, tile by tile, to the same values.
   * @default 2 GB, 4 GB where much more is available, less where less is
   */
  readonly memory?: number;
  /**
   * The largest picture that will come: room is kept for it from the start, and a dream that is
   * to end in tiles takes no more memory on its way there. @default any picture for itself
   */
  readonly largest?: PictureSize;
  /**
   * For a few small steps: ready sooner and in less memory, each step takes longer, and values differ
   * in their last digits. Weights are laid out in this room.
   */
  readonly brief?: Room;
}

export interface GradientEngine {
  readonly name: string;
  /** In words: engine, provider, version, threads. */
  describe(): string;
  /** @param graph its picture input is named `picture`: [1, rows, columns, 3], RGB 0..255. */
  prepare(graph: Graph, objective: Objective, options?: PrepareOptions): Promise<Ascent>;
  evaluate(graph: Graph, outputs: readonly NodeRef[]): Promise<Evaluation>;
}

/** The name of the graph input that takes the picture. */
export const PICTURE = 'picture';

/** What an engine has to bring: graphs that run. All else is made from it, alike for every engine. */
import type { Graph, NodeRef } from '../graph/graph.ts';

/**
 * A value on its way into a graph or out of it: of rank 4 as planes, [1, channels, rows, columns];
 * of any other rank as in the graph.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A scalar node and the graph input that it is to be differentiated by. */
export interface Derivative {
  readonly of: NodeRef;
  readonly by: NodeRef;
}

/** The name that a program's derivative goes by. */
export const GRADIENT = 'gradient';

/** A graph, made ready to run. */
export interface Program {
  /**
   * @param feeds a value for every input that the program needs; others are passed over
   * @returns the outputs by their names, and the derivative as `GRADIENT`
   */
  run(feeds: ReadonlyMap<NodeRef, Tensor>): Promise<ReadonlyMap<NodeRef, Tensor>>;
  /** Gives back the memory that runs take; the next run takes it anew. */
  close(): Promise<void>;
  dispose(): Promise<void>;
}

/** Memory for so many floats, whatever is in it. */
export type Room = (count: number) => Float32Array;

export const newRoom: Room = (count) => new Float32Array(count);

/** What a program is made from. */
export interface Task {
  readonly graph: Graph;
  readonly outputs: readonly NodeRef[];
  readonly derivative?: Derivative;
  /** In float32, whatever the engine's precision. @default false */
  readonly exact?: boolean;
  /**
   * For a few runs: ready sooner and in less memory, each run takes longer. Weights that have to be
   * laid out are so in this room, for as long as the program is open.
   */
  readonly few?: Room;
}

export interface Compiler {
  /** Resident memory that a run takes, over the estimate of `memory.ts`. */
  readonly memoryFactor: number;
  compile(task: Task): Promise<Program>;
}

export function scalarTensor(value: number): Tensor {
  return { shape: [], data: Float32Array.of(value) };
}

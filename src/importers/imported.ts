import type { Dimension, Graph, NodeRef } from '../graph/graph.ts';
import type { Weights } from './weights.ts';

/** The name of the network's input in an imported graph. */
export const INPUT = 'input';

/** What an importer gives. */
export interface Imported {
  /** Its one input is the node `input`, [1, null, null, channels], scaled as in training. */
  readonly graph: Graph;
  /** [rows, columns] that the file declares, null where it does not. */
  readonly inputSize: readonly [Dimension, Dimension];
  /** The node with the scores of the classes. */
  readonly output: NodeRef;
  /** Where the graph's constants lie: load them before they are read. */
  readonly weights: Weights;
  /** The node of the file after which the picture enters, where what came before it fell away. */
  readonly enteredAfter?: string;
  readonly hints?: InputHints;
}

/** What a file says about the pictures that its network was trained on; most say nothing. */
export interface InputHints {
  readonly channelOrder?: 'rgb' | 'bgr';
  /** What 0 and 255 become. @default 0 and 255, less `mean`, times `scale` */
  readonly range?: readonly [number, number];
  /** Taken from pixels of 0..255: one number, or one for each channel in that order. */
  readonly mean?: readonly number[];
  /** What the difference is multiplied by. */
  readonly scale?: number;
}

/** Gives the bytes of a weight file by the path in the manifest. */
export type ReadShard = (path: string) => Promise<Uint8Array>;

/** The other files of a model, wherever they lie: a folder, a package, an archive. */
export interface Beside {
  /** Their names, as far as the place lists them. */
  readonly names: readonly string[];
  readonly read: ReadShard;
}

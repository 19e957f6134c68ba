/** A network as a list of ONNX nodes, whichever file it comes from. */
import type { InputHints } from '../imported.ts';
import type { Dimension } from '../../graph/graph.ts';
import type { StoredConstant, Weights } from '../weights.ts';

export type Attribute = number | string | readonly number[] | NetworkConstant;

export interface NetworkNode {
  /** What a person would call it. */
  readonly name: string;
  readonly op: string;
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** For messages: "node 'conv1' (Conv)". */
  readonly place: string;
  /** Whether it is a part of something that has a name itself, and no layer. */
  readonly inner?: boolean;
}

export interface NetworkConstant {
  readonly constant: StoredConstant;
  /** Whether it holds whole numbers: shapes, axes, indices. */
  readonly whole: boolean;
  /** The numbers without rounding to 24 bits, where they are whole. */
  readonly values?: () => ArrayLike<number>;
}

export interface NetworkValue {
  readonly name: string;
  /** null where nothing is said about the shape. */
  readonly dims: readonly Dimension[] | null;
  /** Whether it may be a picture: floats, or bytes. */
  readonly numeric: boolean;
}

export interface Network {
  readonly nodes: readonly NetworkNode[];
  /** The version of ONNX's ops. */
  readonly opset: number;
  readonly inputs: readonly NetworkValue[];
  readonly outputs: readonly NetworkValue[];
  readonly constants: ReadonlyMap<string, NetworkConstant>;
  readonly weights: Weights;
  /** What the file says of its pictures. */
  readonly hints?: InputHints;
}

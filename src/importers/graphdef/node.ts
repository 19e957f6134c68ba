/** A node of a TensorFlow graph, whichever file it comes from. */
export interface TensorflowNode {
  readonly name: string;
  readonly op: string;
  /** `name`, `name:0`, or `^name` for one that only has to run before. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, TensorflowAttribute>>;
}

export type TensorflowAttribute = string | number | boolean | readonly number[] | readonly string[];

export interface TensorflowGraph {
  readonly nodes: readonly TensorflowNode[];
  /** The node that the file declares as its output, if it does. */
  readonly output?: string | undefined;
}

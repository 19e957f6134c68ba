/**
 * The network as data: nodes with one output each, in an order in which every node comes after
 * its inputs. Nothing here knows how to compute: `src/ops` does, one file per op.
 *
 * Layout: a tensor of rank 4 is [batch, rows, columns, channels]; engines may store it otherwise.
 */

/** The size of one axis; `null` where it is known only when a picture comes. */
export type Dimension = number | null;
export type Shape = readonly Dimension[];

/** One size of a shape; `shape[axis]!` would hide that it may be unknown. */
export function sizeOf(shape: Shape, axis: number): Dimension {
  const size = shape.at(axis);
  if (size === undefined)
    throw new Error(`expected an axis ${axis} in a shape of rank ${shape.length}`);
  return size;
}

export type AttributeValue = number | string | boolean | readonly number[] | Shape;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Names a node, and with it the tensor that the node gives. */
export type NodeRef = string;

export interface Node {
  readonly name: NodeRef;
  readonly op: string;
  readonly inputs: readonly NodeRef[];
  readonly attributes: Attributes;
}

/** Values that never change; `read` may compute them anew at each call (row-major). */
export interface Constant {
  readonly shape: readonly number[];
  read(): Float32Array;
  /** A filter as [outputs, channels, rows, columns], where its values lie so already. */
  readonly outputsFirst?: () => Float32Array;
  /** The same values in the same order, where a file holds them as whole numbers. */
  readonly packed?: () => Packed;
  /** The same values, of a filter that a rewrite has put together. */
  readonly parts?: () => readonly FilterPart[];
}

/** value = fround(number · scale + offset) */
export interface Packed {
  readonly numbers: Uint16Array | Uint8Array;
  readonly scale: number;
  readonly offset: number;
}

/**
 * Some of a filter's outputs, all its cells and channels:
 * value = fround(numbers[start + cell · cellStride + channel · channelStride + output] · scale + offset)
 * · factors[output].
 */
export interface FilterPart {
  readonly numbers: Float32Array | Uint16Array | Uint8Array;
  readonly start: number;
  readonly cellStride: number;
  readonly channelStride: number;
  readonly scale: number;
  readonly offset: number;
  /** One for each output. */
  readonly factors: Float32Array;
}

export interface Graph {
  /** In topological order. */
  readonly nodes: ReadonlyMap<NodeRef, Node>;
  /** The values of the nodes whose op is `constant`. */
  readonly constants: ReadonlyMap<NodeRef, Constant>;
  /** What a person may name, in the network's order: layer name → node. */
  readonly layers: ReadonlyMap<string, NodeRef>;
}

export function nodeOf(graph: Pick<Graph, 'nodes'>, name: NodeRef): Node {
  const node = graph.nodes.get(name);
  if (!node) throw new Error(`expected a node named '${name}' in the graph, found none`);
  return node;
}

/** For each node, the nodes that read it, in order. */
export function consumersOf(graph: Pick<Graph, 'nodes'>): Map<NodeRef, NodeRef[]> {
  const consumers = new Map<NodeRef, NodeRef[]>();
  for (const name of graph.nodes.keys()) consumers.set(name, []);
  for (const node of graph.nodes.values()) {
    for (const input of node.inputs) consumers.get(input)?.push(node.name);
  }
  return consumers;
}

/** The part of a graph that its `outputs` need; layers that fall away are forgotten. */
export function slice(graph: Graph, outputs: readonly NodeRef[]): Graph {
  const needed = new Set<NodeRef>();
  const pending = [...outputs];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (needed.has(name)) continue;
    needed.add(name);
    pending.push(...nodeOf(graph, name).inputs);
  }
  const keep = <Value>(map: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...map].filter(([name]) => needed.has(name)));
  return {
    nodes: keep(graph.nodes),
    constants: keep(graph.constants),
    layers: new Map([...graph.layers].filter(([, node]) => needed.has(node))),
  };
}

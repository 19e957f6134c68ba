import type { Attributes, Constant, Graph, Node, NodeRef, Shape } from './graph.ts';

/**
 * Grows a graph node by node, which keeps it in topological order: a node can only name inputs
 * that are already there.
 */
export class GraphBuilder implements Graph {
  readonly nodes = new Map<NodeRef, Node>();
  readonly constants = new Map<NodeRef, Constant>();
  readonly layers = new Map<string, NodeRef>();
  readonly #counters = new Map<string, number>();

  /** @param reserved names that made-up names must avoid: nodes that are still to come. */
  constructor(private readonly reserved: { has(name: NodeRef): boolean } = new Set()) {}

  /** A builder that starts with all that `graph` holds. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    for (const [name, node] of graph.nodes) builder.nodes.set(name, node);
    for (const [name, constant] of graph.constants) builder.constants.set(name, constant);
    for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
    return builder;
  }

  /** Something fed at every run: the picture, or the parameters of an objective. */
  input(name: NodeRef, shape: Shape): NodeRef {
    return this.add('input', [], { shape }, name);
  }

  constant(constant: Constant, name?: NodeRef): NodeRef {
    const node = this.add('constant', [], {}, name);
    this.constants.set(node, constant);
    return node;
  }

  scalar(value: number): NodeRef {
    return this.constant({ shape: [], read: () => Float32Array.of(value) }, this.#fresh('scalar'));
  }

  add(
    op: string,
    inputs: readonly NodeRef[],
    attributes: Attributes = {},
    name?: NodeRef,
  ): NodeRef {
    const unique = name ?? this.#fresh(op);
    if (this.nodes.has(unique)) throw new Error(`expected a new node name, '${unique}' is taken`);
    for (const input of inputs) {
      if (!this.nodes.has(input)) {
        throw new Error(`node '${unique}' (${op}) reads '${input}', which is not in the graph yet`);
      }
    }
    this.nodes.set(unique, { name: unique, op, inputs, attributes });
    return unique;
  }

  #fresh(stem: string): NodeRef {
    let count = this.#counters.get(stem) ?? 0;
    let name: NodeRef;
    do name = `${stem}~${++count}`;
    while (this.nodes.has(name) || this.reserved.has(name));
    this.#counters.set(stem, count);
    return name;
  }
}

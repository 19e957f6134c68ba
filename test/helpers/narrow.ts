/**
 * The same network with fewer channels: the architecture, its windows, its paddings and its names
 * stay, so that a slow engine can run all of it.
 */
import { GraphBuilder } from '../../src/graph/builder.ts';
import { nodeOf } from '../../src/graph/graph.ts';
import type { Attributes, Constant, Graph, Node, NodeRef } from '../../src/graph/graph.ts';

/** The channels of a tensor that are kept, out of `total`; `null` for what has no channels. */
interface Kept {
  readonly channels: readonly number[];
  readonly total: number;
}

const AS_INPUT = new Set(['relu', 'clip', 'sigmoid', 'square', 'maxPool', 'averagePool', 'pad']);
const PER_CHANNEL = new Set(['add', 'sub', 'mul', 'div']);

/**
 * Every convolution keeps the first of its outputs, one in `divisor` (at least one); inputs of `graph` keep all their
 * channels. Filters are multiplied by √(inputs before / inputs kept): sums over inputs keep their
 * spread, so that a batch normalisation's constants still fit and activations stay alive.
 *
 * @throws for ops that a convolutional body does not have: slice the head off before
 */
export function narrow(graph: Graph, divisor: number): Graph {
  const builder = new GraphBuilder(graph.nodes);
  const kept = new Map<NodeRef, Kept | null>();
  for (const node of graph.nodes.values()) {
    const constant = graph.constants.get(node.name);
    if (constant) {
      // What is sliced is sliced by the node that reads it, under a name of its own.
      builder.constant(constant, node.name);
      kept.set(node.name, null);
    } else {
      kept.set(node.name, narrowNode(graph, node, { builder, kept, divisor }));
    }
  }
  for (const [layer, node] of graph.layers) builder.layers.set(layer, node);
  return builder;
}

interface Narrowing {
  readonly builder: GraphBuilder;
  readonly kept: ReadonlyMap<NodeRef, Kept | null>;
  readonly divisor: number;
}

function narrowNode(graph: Graph, node: Node, narrowing: Narrowing): Kept {
  const { builder, kept } = narrowing;
  const { name, op, inputs, attributes } = node;
  const add = (refs: readonly NodeRef[], changed: Attributes = {}): void => {
    builder.add(op, refs, { ...attributes, ...changed }, name);
  };
  const sources = inputs.map((input) => kept.get(input) ?? null);
  const source = sources.find((found) => found !== null)!;
  if (op === 'input') {
    const total = (attributes['shape'] as readonly number[])[3]!;
    add([]);
    return { channels: range(total), total };
  }
  if (op === 'conv2d') return narrowConvolution(graph, node, source, narrowing);
  if (op === 'concat' && attributes['axis'] === 3) {
    add(inputs);
    return sources.reduce<Kept>(
      (all, part) => ({
        channels: [...all.channels, ...part!.channels.map((channel) => channel + all.total)],
        total: all.total + part!.total,
      }),
      { channels: [], total: 0 },
    );
  }
  if (PER_CHANNEL.has(op)) {
    add(
      inputs.map((input) => {
        const constant = graph.constants.get(input);
        if (!constant || constant.shape.at(-1) !== source.total) return input;
        return builder.constant(onlyLast(constant, source.channels));
      }),
    );
    return source;
  }
  if (!AS_INPUT.has(op)) throw new Error(`narrow: cannot narrow the op '${op}' of '${name}'`);
  add(inputs);
  return source;
}

function narrowConvolution(
  graph: Graph,
  { name, inputs, attributes }: Node,
  source: Kept,
  { builder, divisor }: Narrowing,
): Kept {
  const [x, ...constants] = inputs as [NodeRef, ...NodeRef[]];
  const [filter, bias] = constants.map((ref) => graph.constants.get(nodeOf(graph, ref).name)!);
  const total = filter!.shape[3]!;
  const depthwise = attributes['groups'] !== 1;
  if (depthwise && (attributes['groups'] !== source.total || total !== source.total)) {
    throw new Error(`narrow: the convolution '${name}' is neither full nor depthwise`);
  }
  const channels = depthwise ? source.channels : range(Math.max(1, Math.floor(total / divisor)));
  const part = depthwise
    ? onlyLast(filter!, channels)
    : onlyInputs(onlyLast(filter!, channels), source);
  const refs = [x, builder.constant(part)];
  if (bias) refs.push(builder.constant(onlyLast(bias, channels)));
  const groups = depthwise ? channels.length : 1;
  builder.add('conv2d', refs, { ...attributes, groups }, name);
  return { channels, total };
}

/** A constant of which the last axis keeps only `channels`. */
function onlyLast(constant: Constant, channels: readonly number[]): Constant {
  const total = constant.shape.at(-1)!;
  return {
    shape: [...constant.shape.slice(0, -1), channels.length],
    read: () => {
      const source = constant.read();
      const values = new Float32Array((source.length / total) * channels.length);
      for (let from = 0, to = 0; from < source.length; from += total) {
        for (const channel of channels) values[to++] = source[from + channel]!;
      }
      return values;
    },
  };
}

/** A filter [rows, columns, channels, outputs] with the kept channels, grown to make up for it. */
function onlyInputs(filter: Constant, { channels, total }: Kept): Constant {
  const [rows, columns, , outputs] = filter.shape as [number, number, number, number];
  const gain = Math.sqrt(total / channels.length);
  return {
    shape: [rows, columns, channels.length, outputs],
    read: () => {
      const source = filter.read();
      const values = new Float32Array(rows * columns * channels.length * outputs);
      let to = 0;
      for (let cell = 0; cell < rows * columns; cell++) {
        for (const channel of channels) {
          const from = (cell * total + channel) * outputs;
          for (let output = 0; output < outputs; output++) {
            values[to++] = gain * source[from + output]!;
          }
        }
      }
      return values;
    },
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

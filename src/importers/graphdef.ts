/**
 * TensorFlow graphs, whichever file they come from: a list of nodes, of which those that the
 * output needs become ours. Which ops: the table in graphdef/table.ts. A fused node becomes
 * several, the last of which has its name.
 */
import type { Dimension, NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { nameLayers } from './graphdef/naming.ts';
import type { TensorflowGraph, TensorflowNode } from './graphdef/node.ts';
import { NodeCall } from './graphdef/node-call.ts';
import type { GraphImport, Value } from './graphdef/node-call.ts';
import { inOrder, inputName } from './graphdef/order.ts';
import { passThrough, tensorflowOps } from './graphdef/table.ts';
import { INPUT } from './imported.ts';
import type { Imported } from './imported.ts';
import { ShapedBuilder } from './shaped-builder.ts';
import type { Weights } from './weights.ts';

/**
 * @param weights the values of the graph's Const nodes, by their names.
 * @throws DreamError 'bad-model' or 'unsupported-op', naming the node.
 */
export async function importGraphDef(file: TensorflowGraph, weights: Weights): Promise<Imported> {
  const { nodes, output } = inOrder(file);
  const settings = nodes.flatMap(settingsOf).map((name) => throughIdentities(name, nodes));
  await weights.ready(settings.filter((name) => weights.has(name)));
  const builder = new ShapedBuilder();
  const picture = pictureOf(nodes);
  builder.input(INPUT, [1, null, null, picture.channels]);
  const values = new Map<string, Value>();
  const shared: GraphImport = { builder, constants: new Map() };
  for (const node of nodes) values.set(node.name, valueOf(node, shared, values, weights));
  nameLayers(builder, namedNodes(nodes, values));
  const result = values.get(output)!;
  if (!('ref' in result)) throw new DreamError('bad-model', `the output '${output}' is a constant`);
  return { graph: builder, inputSize: picture.size, output: result.ref, weights };
}

function valueOf(
  node: TensorflowNode,
  shared: GraphImport,
  values: ReadonlyMap<string, Value>,
  weights: Weights,
): Value {
  if (node.op === 'Placeholder') return { ref: INPUT };
  if (node.op === 'Const') return { name: node.name, constant: weights.constant(node.name) };
  const inputs = dataInputs(node).map((input) => values.get(input)!);
  if (passThrough.has(node.op) && inputs[0]) return inputs[0];
  const { builder } = shared;
  builder.place = `node '${node.name}' (${node.op})`;
  const definition = tensorflowOps.get(node.op);
  if (!definition) {
    const supported = [...tensorflowOps.keys()].join(', ');
    const message = `node '${node.name}' is a ${node.op}, which is not supported`;
    throw new DreamError('unsupported-op', `${message}; supported: ${supported}`);
  }
  return { ref: definition.build(new NodeCall(shared, node, inputs, builder.free(node.name))) };
}

function dataInputs(node: TensorflowNode): string[] {
  return node.inputs
    .filter((input) => !input.startsWith('^'))
    .map((input) => inputName(input, node));
}

/** The names of the inputs that must be read to know what the node does. */
function settingsOf(node: TensorflowNode): string[] {
  const inputs = dataInputs(node);
  const positions = tensorflowOps.get(node.op)?.settings ?? [];
  return positions.flatMap((position) => inputs.at(position) ?? []);
}

function throughIdentities(name: string, nodes: readonly TensorflowNode[]): string {
  const node = nodes.find((candidate) => candidate.name === name);
  const [input] = node && passThrough.has(node.op) ? dataInputs(node) : [];
  return input === undefined ? name : throughIdentities(input, nodes);
}

/** What a person may name: every node that is neither a constant nor the input itself. */
function namedNodes(
  nodes: readonly TensorflowNode[],
  values: ReadonlyMap<string, Value>,
): Map<string, NodeRef> {
  const named = new Map<string, NodeRef>();
  for (const { name } of nodes) {
    const value = values.get(name)!;
    if ('ref' in value && value.ref !== INPUT) named.set(name, value.ref);
  }
  return named;
}

/** Some graphs do not say how large their pictures are, or even that they have four axes. */
function pictureOf(nodes: readonly TensorflowNode[]): {
  size: [Dimension, Dimension];
  channels: number;
} {
  const placeholders = nodes.filter(({ op }) => op === 'Placeholder');
  if (placeholders.length !== 1) {
    const names = placeholders.map(({ name }) => `'${name}'`).join(', ');
    const found = `the graph has ${placeholders.length} inputs (Placeholder) ${names}`;
    throw new DreamError('unsupported-op', `${found.trim()}; expected 1, the picture`);
  }
  const shape = placeholders[0]!.attributes['shape'];
  const sizes = Array.isArray(shape) && shape.length === 4 ? (shape as number[]) : [-1, -1, -1, 3];
  const known = (size: number): Dimension => (size > 0 ? size : null);
  return { size: [known(sizes[1]!), known(sizes[2]!)], channels: known(sizes[3]!) ?? 3 };
}

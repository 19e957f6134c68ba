/**
 * TensorFlow graphs, whichever file they come from: a list of nodes, of which those between the
 * picture and the output become ours. Which ops: the tables in graphdef/table.ts, fold.ts and
 * sizes.ts. A fused node becomes several, the last of which has its name.
 */
import type { Dimension, NodeRef } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { folds } from './graphdef/fold.ts';
import { nameLayers } from './graphdef/naming.ts';
import type { TensorflowGraph, TensorflowNode } from './graphdef/node.ts';
import { NodeCall } from './graphdef/node-call.ts';
import type { GraphImport } from './graphdef/node-call.ts';
import { inOrder, inputName } from './graphdef/order.ts';
import { prepared } from './graphdef/prepare.ts';
import { settingsIn } from './graphdef/settings.ts';
import { sizeOps } from './graphdef/sizes.ts';
import { passThrough, tensorflowOps } from './graphdef/table.ts';
import { checkSupported } from './graphdef/unsupported.ts';
import type { Sizes, Value } from './graphdef/value.ts';
import { INPUT } from './imported.ts';
import type { Imported } from './imported.ts';
import { inferredInputSize } from './input-size.ts';
import { ShapedBuilder } from './shaped-builder.ts';
import { isBeyondMeasure, remembered } from './weights.ts';
import type { StoredConstant, Weights } from './weights.ts';

/** Lists that tell shapes have a few. */
const MOST_SIZES = 256;

/**
 * @param weights the values of the graph's Const nodes, by their names.
 * @throws DreamError 'bad-model' or 'unsupported-op', naming the node.
 */
export async function importGraphDef(file: TensorflowGraph, weights: Weights): Promise<Imported> {
  const { nodes: all, output, after } = await prepared(file, weights);
  const nodes = inOrder(all, output);
  checkSupported(nodes);
  const picture = pictureOf(nodes, weights);
  await weights.ready(settingsIn(nodes).filter((name) => weights.has(name)));
  const builder = new ShapedBuilder();
  builder.input(INPUT, [1, null, null, picture.channels]);
  const values = new Map<string, Value>();
  const shared: GraphImport = { builder, constants: new Map() };
  for (const node of nodes) values.set(node.name, valueOf(node, shared, values, weights));
  nameLayers(builder, namedNodes(nodes, values));
  const result = values.get(output)!;
  if (!('ref' in result)) throw new DreamError('bad-model', `the output '${output}' is a constant`);
  const scores = withBatch(builder, result.ref);
  const declared = picture.size.some((size) => size !== null);
  const inputSize = declared ? picture.size : inferredInputSize(builder, scores);
  return {
    graph: builder,
    inputSize,
    output: scores,
    weights,
    ...(after && { enteredAfter: after }),
  };
}

function valueOf(
  node: TensorflowNode,
  shared: GraphImport,
  values: ReadonlyMap<string, Value>,
  weights: Weights,
): Value {
  const { name, op } = node;
  if (op === 'Placeholder') return { ref: INPUT };
  if (op === 'Const') return { name, constant: weights.constant(name) };
  const inputs = node.inputs
    .filter((input) => !input.startsWith('^'))
    .map((input) => values.get(inputName(input, node))!);
  if (passThrough.has(op) && inputs[0]) return inputs[0];
  const { builder } = shared;
  builder.place = `node '${name}' (${op})`;
  const call = new NodeCall(shared, node, inputs, builder.free(name));
  const constant = inputs.length > 0 && inputs.every((input) => !('ref' in input));
  const sizes = sizeOps.get(op);
  if (sizes && (op === 'Shape' || (constant && inputs.some((input) => 'sizes' in input)))) {
    return few(call, sizes(call));
  }
  const rule = constant ? folds.get(op) : undefined;
  if (rule) return { name, constant: folded(call, rule.fold) };
  const definition = tensorflowOps.get(op);
  if (definition) return { ref: definition.build(call) };
  if (sizes && constant) return few(call, sizes(call));
  throw call.unsupported(`what is computed from the picture`);
}

function folded(call: NodeCall, fold: (call: NodeCall) => StoredConstant): StoredConstant {
  const constant = remembered(fold(call));
  if (!isBeyondMeasure(constant)) return constant;
  throw call.bad('is computed from a hundred others, one after another, or from hundreds at once');
}

function few(call: NodeCall, value: Sizes): Sizes {
  if (value.sizes.length <= MOST_SIZES) return value;
  throw call.bad(`makes a list of ${value.sizes.length} sizes, expected up to ${MOST_SIZES}`);
}

/** A graph may end in the scores of the first picture of its batch: they get its axis back. */
function withBatch(builder: ShapedBuilder, scores: NodeRef): NodeRef {
  const shape = builder.shapeOf(scores);
  return shape.length === 1 ? builder.add('reshape', [scores], { shape: [1, ...shape] }) : scores;
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
function pictureOf(
  nodes: readonly TensorflowNode[],
  weights: Weights,
): { size: [Dimension, Dimension]; channels: number } {
  const placeholders = nodes.filter(({ op }) => op === 'Placeholder');
  if (placeholders.length !== 1) {
    const names = placeholders.map(({ name }) => `'${name}'`).join(', ');
    const found = `the graph has ${placeholders.length} inputs (Placeholder) ${names}`;
    throw new DreamError('unsupported-op', `${found.trim()}; expected 1, the picture`);
  }
  const shape = placeholders[0]!.attributes['shape'];
  const sizes = Array.isArray(shape) && shape.length === 4 ? (shape as number[]) : [-1, -1, -1, -1];
  const known = (size: number): Dimension => (size > 0 ? size : null);
  const channels = known(sizes[3]!) ?? channelsOfFirstFilter(nodes, weights) ?? 3;
  return { size: [known(sizes[1]!), known(sizes[2]!)], channels };
}

/** The third axis of a convolution's filter [rows, columns, channels, outputs]. */
function channelsOfFirstFilter(
  nodes: readonly TensorflowNode[],
  weights: Weights,
): number | undefined {
  const first = nodes.find(({ op }) => /Conv2D|DepthwiseConv2dNative/.test(op));
  const filter = first?.inputs[1]?.replace(/\/read$/, '');
  if (filter === undefined || !weights.has(filter)) return undefined;
  const channels = weights.constant(filter).shape[2];
  return channels === 1 || channels === 3 ? channels : undefined;
}

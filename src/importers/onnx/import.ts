/** A network of ONNX nodes becomes a graph. */
import { slice } from '../../graph/graph.ts';
import type { NodeRef } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { shapeAttribute } from '../../ops/attributes.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { INPUT } from '../imported.ts';
import type { Imported } from '../imported.ts';
import { arranged, asInOnnx } from './arrange.ts';
import { layoutOf } from './picture-input.ts';
import type { PictureInput } from './picture-input.ts';
import { nameLayers } from './naming.ts';
import type { Network, NetworkNode } from './network.ts';
import { NodeCall } from './node-call.ts';
import type { OnnxImport } from './node-call.ts';
import { NominalBuilder } from './nominal-builder.ts';
import { inOrder, outputOf } from './order.ts';
import { pictureOf, refuseUnreadable } from './refusals.ts';
import { constantValue } from './shape-nodes.ts';
import { onnxOps } from './table.ts';
import { MOST_AXES } from './tensors.ts';
import { cellsOf, dimsOf, tensorOf } from './value.ts';
import type { Value } from './value.ts';

/** What pictures are tried with where the file does not say: the usual sizes, usual ones first. */
const USUAL_SIZES = [
  224, 299, 227, 256, 240, 260, 300, 320, 192, 160, 128, 112, 96, 64, 48, 32, 28,
];

/** Constants that may say what to do (bounds, scales) have fewer numbers. */
const FEW = 64;

interface Built {
  readonly builder: NominalBuilder;
  readonly output: NodeRef;
}

/** @throws DreamError 'bad-model' or 'unsupported-op', naming the node. */
export async function importNetwork(network: Network): Promise<Imported> {
  const output = outputOf(network);
  const nodes = inOrder(network, output);
  refuseUnreadable(nodes, onnxOps);
  const picture = layoutOf(network, nodes, pictureOf(network, nodes));
  const few = [...network.constants].filter(([, { constant }]) => cellsOf(constant.shape) <= FEW);
  await network.weights.ready(few.flatMap(([, { constant }]) => constant.weights));
  const build = (size: number): Built => built(network, { nodes, output, picture }, size);
  const { builder, output: ref, size } = forSomeSize(picture, build);
  const { weights, hints } = network;
  const imported = { graph: builder, inputSize: size, output: ref, weights };
  return hints ? { ...imported, hints } : imported;
}

/** For pictures of the declared size; where there is none, of the first usual one that fits. */
function forSomeSize(
  { size }: PictureInput,
  build: (size: number) => Built,
): Built & { size: Imported['inputSize'] } {
  const [usual, ...others] = USUAL_SIZES as [number, ...number[]];
  if (size[0] !== null && size[1] !== null) return { ...build(usual), size };
  let problem: unknown;
  try {
    const first = build(usual);
    return { ...first, size: takes(first, others[0]!) ? size : sized(size, usual) };
  } catch (error) {
    problem = error;
  }
  const other = others.find((candidate) => fits(build, candidate));
  if (other === undefined) throw problem;
  return { ...build(other), size: sized(size, other) };
}

/** Whether the graph can be computed for pictures of another size. */
function takes({ builder, output }: Built, size: number): boolean {
  const [batch, , , channels] = shapeAttribute(builder.nodes.get(INPUT)!.attributes);
  try {
    inferShapes(slice(builder, [output]), { [INPUT]: [batch!, size, size, channels!] });
    return true;
  } catch {
    return false;
  }
}

function fits(build: (size: number) => Built, size: number): boolean {
  try {
    build(size);
    return true;
  } catch (error) {
    if (error instanceof DreamError) return false;
    throw error;
  }
}

function sized(size: PictureInput['size'], usual: number): [number, number] {
  return [size[0] ?? usual, size[1] ?? usual];
}

interface Plan {
  readonly nodes: readonly NetworkNode[];
  readonly output: string;
  readonly picture: PictureInput;
}

/** @param usual the size of pictures where the file does not say. */
function built(network: Network, { nodes, output, picture }: Plan, usual: number): Built {
  const builder = new NominalBuilder();
  const input = builder.picture(INPUT, picture.channels, sized(picture.size, usual));
  const shared: OnnxImport = { builder, opset: network.opset, constants: new Map() };
  const values = new Map<string, Value>([[picture.name, tensorOf(builder, input, picture.order)]]);
  const named = new Map<string, NodeRef>();
  const limits = limitsOf(builder);
  for (const node of nodes) {
    for (const [name, value] of outputsOf(node, shared, { network, values })) {
      limits(value, node);
      values.set(name, value);
      const isFirst = name === node.outputs[0];
      if (value.kind === 'tensor' && node.inner !== true)
        named.set(isFirst ? node.name : name, value.ref);
    }
  }
  nameLayers(builder, nodes, named);
  return { builder, output: finished(builder, values.get(output), { name: output, picture }) };
}

function outputsOf(
  node: NetworkNode,
  shared: OnnxImport,
  { network, values }: { network: Network; values: Map<string, Value> },
): [string, Value][] {
  shared.builder.place = node.place;
  const inputs = node.inputs.map((name) => {
    const known = values.get(name);
    const constant = network.constants.get(name);
    if (known || !constant) return known;
    const value = constantValue(name, constant);
    values.set(name, value);
    return value;
  });
  const result = onnxOps.get(node.op)!(new NodeCall(shared, node, inputs));
  const results = Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  return results.flatMap((value, index) => {
    const name = node.outputs[index];
    return name ? [[name, value] as [string, Value]] : [];
  });
}

/** No file is so large that what is made of it may not be larger still. */
function limitsOf(builder: NominalBuilder): (value: Value, node: NetworkNode) => void {
  let numbers = 0;
  return (value, { place }) => {
    if (value.kind === 'numbers') numbers += value.values.length;
    if (numbers > MOST_NUMBERS || builder.nodes.size > MOST_MADE_NODES) {
      throw new DreamError('bad-model', `${place}: the network is larger than any for pictures`);
    }
    const axes = dimsOf(value).length;
    if (axes <= MOST_AXES) return;
    throw new DreamError('unsupported-op', `${place} gives a tensor of ${axes} axes`);
  };
}

const MOST_NUMBERS = 2 ** 22;
const MOST_MADE_NODES = 400_000;

/** The output's node: in the order of pictures where it is one, else in ONNX's. */
function finished(
  builder: NominalBuilder,
  value: Value | undefined,
  { name, picture }: { name: string; picture: PictureInput },
): NodeRef {
  if (value?.kind !== 'tensor' || value.ref === INPUT) {
    throw new DreamError('bad-model', `the output '${name}' is not computed from the picture`);
  }
  if (value.dims.length === 4) return arranged(builder, value, picture.order).ref;
  return asInOnnx(builder, value).ref;
}

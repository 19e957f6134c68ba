/** Which layers of a network are worth dreaming at. */
import { PICTURE } from '../../engines/engine.ts';
import type { PictureSize } from '../../engines/engine.ts';
import { nodeOf, slice } from '../../graph/graph.ts';
import type { Graph, NodeRef, Shape } from '../../graph/graph.ts';
import { DreamError } from '../../kit/errors.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { smallestSide } from '../layers.ts';

export interface WorthLayers {
  readonly layersWorthDreaming: readonly string[];
  readonly defaultLayer: string;
  readonly minimumSide: number;
}

const MOST_LAYERS = 12;
const LEAST_CHANNELS = 8;
/** Cells along a side: with fewer a layer sees the picture as a whole. */
const LEAST_CELLS = 7;
/** Where layers turn from textures to things: a share of all that have rows and columns. */
const DEFAULT_DEPTH = 0.65;

/** What activations end in: those that are several ops (swish, PReLU) in a product or a difference. */
const ACTIVATIONS = new Set(['relu', 'clip', 'mul', 'sub', 'sigmoid', 'tanh', 'elu']);
/** Fewer do not tell a network's parts apart. */
const FEW = 3;
/** What may stand between a convolution and its activation: bias and normalisation. */
const MOST_BETWEEN = 4;

interface Layer {
  readonly name: string;
  readonly node: NodeRef;
  /** 0 … 1 of all layers with rows and columns. */
  readonly depth: number;
  readonly cells: number;
  readonly channels: number;
}

/**
 * @param graph with the picture as its input.
 * @param size of the pictures of the training.
 * @throws DreamError 'bad-model' where no layer has rows and columns.
 */
export function layersWorth(graph: Graph, output: NodeRef, size: PictureSize): WorthLayers {
  const spatial = spatialLayers(graph, output, size);
  const wide = spatial.filter(({ channels, cells }) => channels >= LEAST_CHANNELS && cells > 1);
  const able = wide.length > 0 ? wide : spatial;
  const blocks = able.filter(({ node }) => isBlock(graph, node));
  const active = able.filter(({ node }) => isActive(graph, node) && !isDepthwise(graph, node));
  const [best = able] = [blocks, active].filter((layers) => layers.length >= FEW);
  // Networks of attention take one size only, but for what comes before the first block.
  const chosen = [best, able].map((layers) => withSides(graph, spread(layers))).find(isAny);
  if (!chosen) {
    throw new DreamError('bad-model', 'no layer of the network has rows and columns to dream at');
  }
  const roomy = chosen.filter(({ cells }) => cells >= LEAST_CELLS);
  const away = ({ depth }: Layer): number => Math.abs(depth - DEFAULT_DEPTH);
  const [first] = [...(roomy.length > 0 ? roomy : chosen)].sort((a, b) => away(a) - away(b));
  return {
    layersWorthDreaming: chosen.map(({ name }) => name),
    defaultLayer: first!.name,
    minimumSide: chosen.at(-1)!.side,
  };
}

function spatialLayers(graph: Graph, output: NodeRef, { rows, columns }: PictureSize): Layer[] {
  const shapes = inferShapes(graph, { [PICTURE]: [1, rows, columns, 3] });
  const before = slice(graph, [output]).nodes;
  const byNode = new Map(
    [...graph.layers].filter(([, node]) => before.has(node)).map(([name, node]) => [node, name]),
  );
  const layers = [...byNode].filter(([node]) => isSpatial(shapes.get(node)!));
  return layers.map(([node, name], index) => {
    const [, height, width, channels] = shapes.get(node)! as number[];
    const depth = (index + 1) / layers.length;
    return { name, node, depth, cells: Math.min(height!, width!), channels: channels! };
  });
}

function isSpatial(shape: Shape): boolean {
  return shape.length === 4 && shape.every((size) => size !== null && size > 0);
}

/** Where a block of a network ends: its branches side by side, or their sum once it is active. */
function isBlock(graph: Graph, ref: NodeRef): boolean {
  const { op, inputs } = nodeOf(graph, ref);
  if (op === 'concat') return true;
  return isActive(graph, ref) && isSum(graph, inputs[0]!);
}

function isSum(graph: Graph, ref: NodeRef): boolean {
  const { op, inputs } = nodeOf(graph, ref);
  return op === 'add' && inputs.every((input) => !graph.constants.has(input));
}

function isActive(graph: Graph, ref: NodeRef): boolean {
  const { op, inputs } = nodeOf(graph, ref);
  return ACTIVATIONS.has(op) && inputs.every((input) => !graph.constants.has(input));
}

/** Whether an activation is that of a convolution which sees every channel for itself. */
function isDepthwise(graph: Graph, ref: NodeRef): boolean {
  let node = nodeOf(graph, ref);
  for (let step = 0; step < MOST_BETWEEN && node.op !== 'conv2d'; step++) {
    const [input] = node.inputs.filter((each) => !graph.constants.has(each));
    if (input === undefined) return false;
    node = nodeOf(graph, input);
  }
  return node.op === 'conv2d' && node.attributes['groups'] !== 1;
}

/** Evenly over the depth, the last among them. */
function spread(layers: readonly Layer[]): Layer[] {
  if (layers.length <= MOST_LAYERS) return [...layers];
  return Array.from(
    { length: MOST_LAYERS },
    (_, index) => layers[Math.round((index * (layers.length - 1)) / (MOST_LAYERS - 1))]!,
  );
}

/** Those that take pictures of any size, each with the side that it and those before it need. */
function withSides(graph: Graph, layers: readonly Layer[]): (Layer & { side: number })[] {
  let least = 1;
  return layers.flatMap((layer) => {
    const side = sideOf(graph, layer.node, least);
    if (side === null) return [];
    least = side;
    return [{ ...layer, side }];
  });
}

function isAny(list: readonly unknown[]): boolean {
  return list.length > 0;
}

/** Of the smallest picture; null where the layer takes no size but its own. */
function sideOf(graph: Graph, node: NodeRef, least: number): number | null {
  try {
    return smallestSide(slice(graph, [node]), least);
  } catch {
    return null;
  }
}

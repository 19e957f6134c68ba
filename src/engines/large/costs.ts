/** What stages cost, to choose where to cut. */
import type { Graph, NodeRef, Shape } from '../../graph/graph.ts';
import { spanOf } from '../../graph/window.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { withGradient } from '../ascent-graph.ts';
import type { ScoredGraph } from '../ascent-graph.ts';
import { PICTURE } from '../engine.ts';
import type { PictureSize } from '../engine.ts';
import { cellsOf, peakBytes } from '../memory.ts';
import type { Task } from '../program.ts';
import { alignmentOf, extentsOf } from './extents.ts';
import type { Axis } from './extents.ts';
import { trunkOf, windowOver } from './locality.ts';
import type { Trunk } from './locality.ts';
import { backwardPass, forwardPass, sizeAt, summingPass } from './placement.ts';
import type { Pass } from './placement.ts';
import { cutsOf } from './cuts.ts';
import { stageOf } from './stages.ts';
import type { Stage, Summing } from './stages.ts';

/** Side of the picture that costs are taken at, in pixels. */
const SIDE = 1024;

/** A tensor of more bytes for each pixel than twice the picture's own is no place to cut. */
const MOST_BYTES_PER_PIXEL = 24;
const MOST_CUTS = 10;

/** Forward and backward pass together take so many times the forward pass alone. */
const GRADIENT_WORK = 2.3;

/** Multiplications that one more value costs in memory traffic. */
const WORK_PER_VALUE = 60;

export interface StageCost {
  readonly start: NodeRef;
  readonly channels: number;
  /** `null` in the last stage, which has none. */
  readonly forward: PassCost | null;
  readonly backward: PassCost;
}

export interface PassCost {
  /** For each cell of a tile, as `memory.ts` estimates. */
  readonly bytes: number;
  readonly work: number;
  /** Cells of a tile's rows and columns that come out wrong. */
  readonly margin: readonly [number, number];
  readonly alignment: readonly [number, number];
}

/** The places where cutting may pay: small tensors, with a window in between. */
export function candidateCuts({ graph }: ScoredGraph): NodeRef[] {
  const trunk = trunkOf(graph, PICTURE);
  const shapes = inferShapes(graph, { [PICTURE]: [1, SIDE, SIDE, 3] });
  const bytes = (ref: NodeRef): number => (4 * cellsOf(shapes.get(ref)!)) / SIDE ** 2;
  const depths = windowsBefore(trunk);
  const best = new Map<number, NodeRef>();
  for (const ref of cutsOf(trunk)) {
    const depth = depths.get(ref)!;
    const known = best.get(depth);
    if (depth === 0 || bytes(ref) > MOST_BYTES_PER_PIXEL) continue;
    if (known === undefined || bytes(ref) < bytes(known)) best.set(depth, ref);
  }
  const all = [...best.values()];
  const step = Math.max(1, all.length / MOST_CUTS);
  return all.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** How many windows of more than one cell lie between the picture and each node, at most. */
function windowsBefore({ start, nodes }: Trunk): Map<NodeRef, number> {
  const depths = new Map<NodeRef, number>([[start, 0]]);
  for (const node of nodes.values()) {
    if (node.name === start) continue;
    const window = windowOver(node);
    const spans = window ? [spanOf(window, 0), spanOf(window, 1), ...window.strides] : [];
    const before = Math.max(...node.inputs.map((input) => depths.get(input) ?? 0));
    depths.set(node.name, before + (spans.some((cells) => cells > 1) ? 1 : 0));
  }
  return depths;
}

/** What it costs to sum over a picture, as the cost of a stage without a forward pass. */
export function summingCost({ trunk, task, sums }: Summing): StageCost {
  const inputs = { [PICTURE]: [1, SIDE, SIDE, 3] };
  const work = forwardWork(trunk, task.graph, inferShapes(task.graph, inputs)) / SIDE ** 2;
  const bytes = taskBytes(task, inputs) / SIDE ** 2;
  const backward = passCost(summingPass({ trunk, sums }), { bytes, work });
  return { start: PICTURE, channels: 3, forward: null, backward };
}

export function stageCost(scored: ScoredGraph, start: NodeRef, end: NodeRef | null): StageCost {
  const { graph, score } = scored;
  const stage = stageOf(graph, score, start, end);
  const side = { rows: SIDE, columns: SIDE };
  const size = start === PICTURE ? side : sizeAt(trunkOf(graph, PICTURE), start, side);
  const cells = size.rows * size.columns;
  const inputs = inputShapes(stage, size);
  const shapes = inferShapes(stage.backward.graph, inputs);
  const work = forwardWork(stage.trunk, stage.backward.graph, shapes) / cells;
  const bytes = (task: Task): number => taskBytes(task, inputs) / cells;
  const { channels, forward, backward } = stage;
  return {
    start,
    channels,
    forward: forward && passCost(forwardPass(stage), { bytes: bytes(forward), work }),
    backward: passCost(backwardPass(stage), { bytes: bytes(backward), work: work * GRADIENT_WORK }),
  };
}

function passCost(pass: Pass, cost: Pick<PassCost, 'bytes' | 'work'>): PassCost {
  const { trunk } = pass;
  return {
    ...cost,
    margin: [marginOf(pass, 0), marginOf(pass, 1)],
    alignment: [alignmentOf(trunk, 0), alignmentOf(trunk, 1)],
  };
}

/** What the gradient of a whole picture holds, in bytes for each pixel. */
export function wholeBytesPerPixel({ graph, score }: ScoredGraph): number {
  const task = { graph, outputs: [score], derivative: { of: score, by: PICTURE } };
  return taskBytes(task, { [PICTURE]: [1, SIDE, SIDE, 3] }) / SIDE ** 2;
}

function taskBytes(
  { graph, outputs, derivative }: Task,
  inputs: Readonly<Record<NodeRef, Shape>>,
): number {
  if (!derivative) return peakBytes(graph, outputs, inputs);
  const differentiated = withGradient(graph, outputs, derivative);
  return peakBytes(differentiated.graph, [...outputs, differentiated.gradient], inputs);
}

function inputShapes(stage: Stage, { rows, columns }: PictureSize): Record<NodeRef, Shape> {
  const { start, end, channels, cotangent, backward } = stage;
  const inputs: Record<NodeRef, Shape> = { [start]: [1, rows, columns, channels] };
  if (end === null || cotangent === null) return inputs;
  return { ...inputs, [cotangent]: inferShapes(backward.graph, inputs).get(end)! };
}

/** Multiplications, and what stands for the traffic. */
function forwardWork(
  trunk: Trunk,
  { constants }: Graph,
  shapes: ReadonlyMap<NodeRef, Shape>,
): number {
  return [...trunk.nodes.values()].reduce((work, { name, op, inputs }) => {
    const filter = op === 'conv2d' ? constants.get(inputs[1]!)!.shape : [0];
    const products = filter.slice(0, 3).reduce((product, length) => product * length, 1);
    return work + cellsOf(shapes.get(name)!) * (products + WORK_PER_VALUE);
  }, 0);
}

function marginOf({ trunk, rightOf }: Pass, axis: Axis): number {
  const alignment = alignmentOf(trunk, axis);
  const length = alignment * Math.ceil((4 * SIDE) / alignment);
  const extents = extentsOf(trunk, axis, 3 * length, { from: length, to: 2 * length });
  const wrong = [...rightOf(axis, extents).values()].map(
    ({ right, length: cells }) => length - ((right.to - right.from) * 3 * length) / cells,
  );
  return Math.ceil(Math.max(...wrong));
}

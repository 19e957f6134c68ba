/**
 * A network and its score, cut into stages (gradient checkpointing in space). With T₀ the picture
 * and T₁, T₂ … the tensors at the cuts, stage i
 *
 *   forward    computes Tᵢ₊₁ from Tᵢ
 *   backward   computes ∂score/∂Tᵢ from Tᵢ and ∂score/∂Tᵢ₊₁: the gradient of the scalar
 *              Σ Tᵢ₊₁ · ∂score/∂Tᵢ₊₁ + (the terms of the score that stage i itself computes)
 *
 * Both look no further than the stage's own windows do, and can be computed tile by tile.
 */
import { GraphBuilder } from '../../graph/builder.ts';
import { slice } from '../../graph/graph.ts';
import type { Graph, Node, NodeRef } from '../../graph/graph.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { PICTURE } from '../engine.ts';
import type { Task } from '../program.ts';
import { NotLocal, isHeadLinear, trunkOf } from './locality.ts';
import type { Reduction, Trunk } from './locality.ts';

export interface Stage {
  /** Tᵢ → Tᵢ₊₁ and the stage's own terms of the score. */
  readonly trunk: Trunk;
  /** Tᵢ, an input of the stage's graphs. */
  readonly start: NodeRef;
  readonly channels: number;
  /** Tᵢ₊₁; `null` in the last stage. */
  readonly end: NodeRef | null;
  /** `null` in the last stage: its output is the score. */
  readonly forward: Task | null;
  readonly backward: Task;
  /** The input of `backward` that takes ∂score/∂Tᵢ₊₁. */
  readonly cotangent: NodeRef | null;
  /** What `backward` gives to be summed over rows and columns. */
  readonly sums: readonly Sum[];
}

/** A reduction of the whole, before its sum over rows and columns. */
export interface Sum {
  readonly reduction: Reduction;
  /** The node to be summed: [1, rows, columns, 1], or with all channels where they stay apart. */
  readonly terms: NodeRef;
  /** A scalar input for 1 / (cells of the whole), where a gradient needs a mean's. */
  readonly share: NodeRef | null;
}

/**
 * @param cuts some of `cutsOf`, in order; none gives one stage
 * @throws NotLocal where the score is no linear function of sums over rows and columns
 */
export function stagesOf(graph: Graph, score: NodeRef, cuts: readonly NodeRef[]): Stage[] {
  const starts = [PICTURE, ...cuts];
  return starts.map((start, index) => stageOf(graph, score, start, starts[index + 1] ?? null));
}

/** The stage from one cut (or the picture) to another (or the score). @throws NotLocal */
export function stageOf(graph: Graph, score: NodeRef, start: NodeRef, end: NodeRef | null): Stage {
  const whole = trunkOf(graph, PICTURE);
  if (!isHeadLinear(whole)) throw new NotLocal('the score is no sum of terms');
  const own = whole.reductions.filter(
    ({ source }) =>
      dependsOn(graph, source, start) && (end === null || !dependsOn(graph, source, end)),
  );
  const channels = inferShapes(graph).get(start)![3]!;
  const { builder, sums } = withSums(graph, { start, channels, own, all: whole.reductions });
  const terms = own.length > 0 ? [score] : [];
  let cotangent: NodeRef | null = null;
  if (end !== null) {
    const shape = inferShapes(builder).get(end)!;
    cotangent = builder.input(`cotangent of ${end}`, shape);
    const product = builder.add('mul', [end, cotangent]);
    terms.push(builder.add('reduceSum', [product], { axes: [0, 1, 2, 3], keepDimensions: false }));
  }
  const scalar = terms.reduce((sum, term) => builder.add('add', [sum, term]));
  const outputs = sums.map((sum) => sum.terms);
  return {
    start,
    channels,
    end,
    cotangent,
    sums,
    trunk: trunkTo(builder, start, end === null ? sums : [...sums, end]),
    forward: end === null ? null : { graph: slice(builder, [end]), outputs: [end] },
    backward: {
      graph: slice(builder, [scalar, ...outputs]),
      outputs,
      derivative: { of: scalar, by: start },
    },
  };
}

/** A task that gives terms to be summed tile by tile, and what is computed from the sums. */
export interface Summing {
  readonly trunk: Trunk;
  readonly task: Task;
  readonly sums: readonly Sum[];
  /** Its inputs have the reductions' names. */
  readonly head: Task;
}

/** @throws NotLocal */
export function summingOf(graph: Graph, outputs: readonly NodeRef[]): Summing {
  const { reductions } = trunkOf(graph, PICTURE);
  const { builder, sums } = withSums(graph, {
    start: PICTURE,
    channels: 3,
    own: reductions,
    all: reductions,
  });
  const terms = sums.map((sum) => sum.terms);
  return {
    trunk: trunkTo(builder, PICTURE, sums),
    task: { graph: slice(builder, terms), outputs: terms },
    sums,
    head: headOf(graph, outputs),
  };
}

/** What `outputs` are, given the graph's reductions as inputs. */
export function headOf(graph: Graph, outputs: readonly NodeRef[]): Task {
  const { reductions } = trunkOf(graph, PICTURE);
  const byName = new Map(reductions.map((reduction) => [reduction.name, reduction]));
  const builder = rebuilt(graph, (node, target) => {
    const reduction = byName.get(node.name);
    if (reduction) target.input(node.name, reduction.shape);
    return reduction !== undefined;
  });
  return { graph: slice(builder, outputs), outputs };
}

/** The graph from `start` on, with `own` reductions to be summed and the others as zeros. */
function withSums(
  graph: Graph,
  part: { start: NodeRef; channels: number; own: readonly Reduction[]; all: readonly Reduction[] },
): { builder: GraphBuilder; sums: Sum[] } {
  const sums: Sum[] = [];
  const others = new Map(
    part.all.filter((one) => !part.own.includes(one)).map((one) => [one.name, one]),
  );
  const own = new Map(part.own.map((reduction) => [reduction.name, reduction]));
  const builder = rebuilt(graph, (node, target) => {
    const reduction = own.get(node.name);
    if (node.name === part.start) target.input(node.name, [1, null, null, part.channels]);
    else if (others.has(node.name)) target.constant(zeros(others.get(node.name)!), node.name);
    else if (reduction) sums.push(addSum(target, node, reduction));
    else return false;
    return true;
  });
  return { builder, sums };
}

function addSum(builder: GraphBuilder, node: Node, reduction: Reduction): Sum {
  const { name, source, mean, acrossChannels } = reduction;
  const terms = acrossChannels
    ? builder.add('reduceSum', [source], { axes: [3], keepDimensions: true }, `terms of ${name}`)
    : source;
  if (!mean) {
    builder.add(node.op, node.inputs, node.attributes, name);
    return { reduction, terms, share: null };
  }
  const share = builder.input(`cells of ${name}`, []);
  const sum = builder.add('reduceSum', node.inputs, node.attributes);
  builder.add('mul', [sum, share], {}, name);
  return { reduction, terms, share };
}

function rebuilt(
  graph: Graph,
  replace: (node: Node, target: GraphBuilder) => boolean,
): GraphBuilder {
  const builder = new GraphBuilder(graph.nodes);
  for (const node of graph.nodes.values()) {
    const constant = graph.constants.get(node.name);
    if (constant) builder.constant(constant, node.name);
    else if (!replace(node, builder)) builder.add(node.op, node.inputs, node.attributes, node.name);
  }
  return builder;
}

function zeros({ shape }: Reduction): { shape: readonly number[]; read: () => Float32Array } {
  const sizes = shape.map((size) => size ?? 1);
  return {
    shape: sizes,
    read: () => new Float32Array(sizes.reduce((product, size) => product * size, 1)),
  };
}

function trunkTo(graph: Graph, start: NodeRef, ends: readonly (Sum | NodeRef)[]): Trunk {
  const refs = ends.map((end) => (typeof end === 'string' ? end : end.reduction.source));
  return trunkOf(slice(graph, refs), start);
}

function dependsOn(graph: Graph, ref: NodeRef, on: NodeRef): boolean {
  return slice(graph, [ref]).nodes.has(on);
}

/**
 * A forward pass of a few pictures in little memory: the network is made ready, and run, one part
 * after another. Whoever has many pictures prepares an evaluation instead.
 */
import { GraphBuilder } from '../graph/builder.ts';
import { slice } from '../graph/graph.ts';
import type { Constant, Graph, Node, NodeRef, Shape } from '../graph/graph.ts';
import { collectSince } from '../kit/garbage.ts';
import { inferShapes } from '../ops/shapes.ts';
import { PICTURE } from './engine.ts';
import type { Evaluated, Planes } from './engine.ts';
import { evaluated } from './evaluation.ts';
import { cellsOf } from './memory.ts';
import type { Compiler, Room, Tensor } from './program.ts';
import { planesTensor } from './whole.ts';

/** Into how many parts weights are divided, as far as layers allow it. */
const PARTS = 8;
/** Bytes of weights that are not worth a part of their own. */
const LEAST_PART = 2 ** 20;

interface Part {
  readonly graph: Graph;
  readonly outputs: readonly NodeRef[];
}

/**
 * @param pictures one or more, all of one size
 * @returns for each picture the values of `outputs`
 */
export async function survey(
  compiler: Compiler,
  network: Graph,
  outputs: readonly NodeRef[],
  pictures: readonly Planes[],
): Promise<ReadonlyMap<NodeRef, Evaluated>[]> {
  const graph = slice(network, outputs);
  const { rows, columns } = pictures[0]!;
  const shapes = inferShapes(graph, { [PICTURE]: [1, rows, columns, 3] });
  const parts = partsOf(graph, outputs, shapes);
  const held = collectSince(0);
  const memory = new Float32Array(Math.max(...parts.map((part) => weightsIn(part.graph))) / 4);
  let known = pictures.map((picture) => new Map([[PICTURE, planesTensor(picture)]]));
  for (const [index, part] of parts.entries()) {
    const later = new Set(parts.slice(index + 1).flatMap((each) => inputsOf(each.graph)));
    const program = await compiler.compile({ ...part, exact: true, few: roomIn(memory) });
    try {
      known = await inTurn(known, async (values) => {
        const found = copies(await program.run(values));
        const kept = [...values].filter(([name]) => later.has(name) || outputs.includes(name));
        return new Map([...kept, ...found]);
      });
    } finally {
      await program.dispose();
      collectSince(held + memory.byteLength);
    }
  }
  return known.map(
    (values) => new Map(outputs.map((name) => [name, evaluated(values.get(name)!)])),
  );
}

/** One part's weights take the place of the last one's: nothing has to be collected first. */
function roomIn(memory: Float32Array): Room {
  let taken = 0;
  return (count) => {
    if (taken + count > memory.length) return new Float32Array(count);
    taken += count;
    return memory.subarray(taken - count, taken);
  };
}

async function inTurn<From, To>(list: readonly From[], work: (from: From) => Promise<To>) {
  const done: To[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}

/** Programs write their results into the same memory at every run. */
function copies(results: ReadonlyMap<NodeRef, Tensor>): [NodeRef, Tensor][] {
  return [...results].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]);
}

/** Nodes in the graph's order, of about as many weights in each part. */
function partsOf(
  graph: Graph,
  outputs: readonly NodeRef[],
  shapes: ReadonlyMap<NodeRef, Shape>,
): Part[] {
  const most = Math.max(LEAST_PART, weightsIn(graph) / PARTS);
  const groups: Node[][] = [[]];
  let bytes = 0;
  for (const node of graph.nodes.values()) {
    if (node.op === 'constant' || node.op === 'input') continue;
    const own = node.inputs.reduce((sum, ref) => sum + bytesOf(graph.constants.get(ref)), 0);
    if (bytes > 0 && bytes + own > most) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(node);
    bytes += own;
  }
  const partOf = new Map(groups.flatMap((nodes, index) => nodes.map(({ name }) => [name, index])));
  const wanted = new Set(outputs);
  for (const { name, inputs } of groups.flat()) {
    for (const input of inputs) if (partOf.get(input) !== partOf.get(name)) wanted.add(input);
  }
  return groups.map((nodes) => partWith(nodes, { graph, wanted, shapes }));
}

/** The nodes, with what they read as inputs and constants. */
function partWith(
  nodes: readonly Node[],
  whole: {
    readonly graph: Graph;
    readonly wanted: ReadonlySet<NodeRef>;
    readonly shapes: ReadonlyMap<NodeRef, Shape>;
  },
): Part {
  const builder = new GraphBuilder();
  for (const { name, op, inputs, attributes } of nodes) {
    for (const input of inputs) {
      if (builder.nodes.has(input)) continue;
      const constant = whole.graph.constants.get(input);
      if (constant) builder.constant(constant, input);
      else builder.input(input, whole.shapes.get(input)!);
    }
    builder.add(op, inputs, attributes, name);
  }
  const outputs = nodes.map(({ name }) => name).filter((name) => whole.wanted.has(name));
  return { graph: builder, outputs };
}

function inputsOf({ nodes }: Graph): NodeRef[] {
  return [...nodes.values()].filter(({ op }) => op === 'input').map(({ name }) => name);
}

function weightsIn({ constants }: Graph): number {
  return [...constants.values()].reduce((sum, each) => sum + bytesOf(each), 0);
}

function bytesOf(constant: Constant | undefined): number {
  return constant ? 4 * cellsOf(constant.shape) : 0;
}

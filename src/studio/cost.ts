/** How much work a dream is, known before it begins. */
import { PICTURE } from '../engines/engine.ts';
import type { OctaveSize } from '../dream/octaves.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../ops/shapes.ts';

/** Side of the picture on which a network's work for each pixel is counted. */
const COUNTING_SIDE = 299;

/** What reading and writing one value costs, in multiplications. */
const VALUE = 20;

/** The multiplications of one forward pass for each pixel, about; values moved count as some. */
export function workPerPixel(graph: Graph): number {
  const shapes = inferShapes(graph, { [PICTURE]: [1, COUNTING_SIDE, COUNTING_SIDE, 3] });
  let work = 0;
  for (const [name, node] of graph.nodes) {
    if (node.op === 'constant') continue;
    const shape = shapes.get(name)!;
    const values = product(shape);
    work += VALUE * values;
    if (node.op !== 'conv2d' && node.op !== 'matMul') continue;
    // Every value of the output is a sum over the filter's values for its channel.
    work += (values / (shape.at(-1) ?? 1)) * product(shapes.get(node.inputs[1]!)!);
  }
  return work / COUNTING_SIDE ** 2;
}

/** Pixels that are climbed: each octave's, once for each step. */
export function pixelSteps(sizes: readonly OctaveSize[], steps: number): number {
  return steps * sizes.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((total, length) => total * (length ?? 1), 1);
}

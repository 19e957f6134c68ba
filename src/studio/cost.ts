/** How much work a dream is, known before it begins. */
import { PICTURE } from '../engines/engine.ts';
import type { PictureSize } from '../engines/engine.ts';
import type { OctaveSize } from '../dream/octaves.ts';
import type { Graph } from '../graph/graph.ts';
import { inferShapes } from '../ops/shapes.ts';

/** Side of the picture on which a network's work for each pixel is counted. */
const COUNTING_SIDE = 299;

/** What reading and writing one value costs, in multiplications. */
const VALUE = 20;

/** Ops whose second input is what their first one is multiplied by. */
const MULTIPLYING = new Set(['conv2d', 'conv2dTranspose', 'matMul']);

/** Looking at a pixel through a window and back, in multiplications. */
const LOOK = 40;

/**
 * The multiplications of one forward pass for each pixel, about; values moved count as some.
 *
 * @param size of the picture that they are counted on: some networks take one size alone.
 */
export function workPerPixel(
  graph: Graph,
  { rows, columns }: PictureSize = { rows: COUNTING_SIDE, columns: COUNTING_SIDE },
): number {
  const shapes = inferShapes(graph, { [PICTURE]: [1, rows, columns, 3] });
  let work = 0;
  for (const [name, node] of graph.nodes) {
    if (node.op === 'constant') continue;
    const shape = shapes.get(name)!;
    work += VALUE * product(shape);
    if (!MULTIPLYING.has(node.op)) continue;
    // Every value of the output is a sum over the filter's values for its channel; transposed,
    // every value of the input is multiplied by them.
    const filter = shapes.get(node.inputs[1]!)!;
    const each = node.op === 'matMul' ? filter.slice(-2) : filter;
    const places = node.op === 'conv2dTranspose' ? shapes.get(node.inputs[0]!)! : shape;
    work += (product(places) / (places.at(-1) ?? 1)) * product(each);
  }
  return work / (rows * columns);
}

/** The multiplications of a step that looks through windows at a picture, octave by octave. */
export function windowedWork(
  graph: Graph,
  size: PictureSize,
  { count, sizes }: { count: number; sizes: readonly OctaveSize[] },
): number {
  const network = workPerPixel(graph, size) * size.rows * size.columns;
  return count * (sizes.length * network + LOOK * pixelSteps(sizes, 1));
}

/** Pixels that are climbed: each octave's, once for each step. */
export function pixelSteps(sizes: readonly OctaveSize[], steps: number): number {
  return steps * sizes.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((total, length) => total * (length ?? 1), 1);
}

/**
 * Networks that scale pictures by themselves (a Rescaling layer, a product and a sum, a
 * normalisation of the input): what comes out of that must be near 0 and of a spread below 1.
 */
import { evaluation } from '../../engines/evaluation.ts';
import type { Compiler } from '../../engines/program.ts';
import { nodeOf } from '../../graph/graph.ts';
import type { Graph, NodeRef } from '../../graph/graph.ts';
import { consumersOf } from '../../graph/graph.ts';
import { INPUT } from '../../importers/imported.ts';
import { samplePictures } from './sample-pictures.ts';
import { seenAs } from './input-guesses.ts';
import type { InputGuess } from './input-guesses.ts';
import type { Fit } from './statistics.ts';

const SCALINGS = new Set(['mul', 'add', 'sub', 'div']);
const SIZE = { rows: 32, columns: 32 };
const PICTURES = 4;
/** Between that of 0..1 (0.27) and that of -1..1 (0.55). */
const USUAL_SPREAD = 0.4;

/** The last node of the scaling with which a network begins; null where it does not. */
export function scalingInside(graph: Graph): NodeRef | null {
  const consumers = consumersOf(graph);
  let last = INPUT;
  for (;;) {
    const [next, ...others] = consumers.get(last)!;
    if (next === undefined || others.length > 0) break;
    const { op, inputs } = nodeOf(graph, next);
    const constants = inputs.filter((input) => graph.constants.has(input));
    if (!SCALINGS.has(op) || constants.length !== inputs.length - 1) break;
    last = next;
  }
  return last === INPUT ? null : last;
}

/** @returns the best first. */
export async function fitsByScaling(
  raw: Graph,
  scaled: NodeRef,
  guesses: readonly InputGuess[],
  compiler: Compiler,
): Promise<Fit[]> {
  const scaling = await evaluation(compiler, raw, [scaled]);
  try {
    const fits: Fit[] = [];
    const pictures = samplePictures(PICTURES, SIZE);
    for (const guess of guesses) {
      const all: number[][] = [];
      for (const picture of pictures) {
        const { data, shape } = (await scaling.at(seenAs(picture, guess.input))).get(scaled)!;
        data.forEach((value, index) => (all[index % shape.at(-1)!] ??= []).push(value));
      }
      fits.push({ guess, mismatch: mismatchOf(all) });
    }
    return fits.sort((a, b) => a.mismatch - b.mismatch);
  } finally {
    await scaling.dispose();
  }
}

/** How far the channels' means are from 0 in their spreads, and how unusual these are. */
function mismatchOf(channels: readonly (readonly number[])[]): number {
  const each = channels.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const spread = Math.sqrt(variance) + 1e-12;
    return (mean / spread) ** 2 + Math.abs(Math.log(spread / USUAL_SPREAD));
  });
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

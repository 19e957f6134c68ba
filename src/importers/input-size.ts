/** How large the pictures are that a network was made for, where its file does not say. */
import { slice } from '../graph/graph.ts';
import type { Dimension, Graph, NodeRef } from '../graph/graph.ts';
import { shapeAttribute } from '../ops/attributes.ts';
import { inferShapes } from '../ops/shapes.ts';
import { INPUT } from './imported.ts';

/** Sides that well-known networks take, the most usual first. */
const USUAL = [224, 299, 227, 192, 160, 128, 96, 331, 256, 240, 260, 300, 380, 64, 32, 28, 48];
const SMALLEST = 16;
const LARGEST = 1024;
const STEPS = [32, 16, 8, 1];
/** Nodes whose shapes the search may ask for, all sides together: more would take many seconds. */
const MOST_SHAPES = 1_000_000;

/**
 * The size at which the head (a pool over the last cells, a dense layer over all of them) fits:
 * one of the usual, else the largest multiple of a large step, as far as a search through the sides
 * comes. Any size fits a network that ends in
 * means over rows and columns: its size is not known.
 */
export function inferredInputSize(graph: Graph, output: NodeRef): readonly [Dimension, Dimension] {
  const head = slice(graph, [output]);
  const input = head.nodes.get(INPUT);
  if (!input) return [null, null];
  const [, , , channels] = shapeAttribute(input.attributes);
  const fits = (side: number): boolean => fitsAt(head, output, [1, side, side, channels!]);
  const usual = USUAL.filter(fits);
  // Pools can let neighbours through, never twice the size.
  if (usual.length > 0) {
    const anySize = Math.max(...usual) >= 2 * Math.min(...usual);
    return anySize ? [null, null] : [usual[0]!, usual[0]!];
  }
  const left = Math.floor(MOST_SHAPES / head.nodes.size) - USUAL.length;
  const side = otherSides().slice(0, Math.max(left, 0)).find(fits) ?? null;
  return [side, side];
}

/** Every side once: the multiples of the largest step first, of those the largest first. */
function otherSides(): number[] {
  const all = Array.from({ length: LARGEST - SMALLEST + 1 }, (_, index) => LARGEST - index);
  const multiples = STEPS.flatMap((step) => all.filter((side) => side % step === 0));
  return [...new Set(multiples)].filter((side) => !USUAL.includes(side));
}

/** Whether one picture gives one list of scores, and every window on the way finds a place. */
function fitsAt(head: Graph, output: NodeRef, picture: readonly Dimension[]): boolean {
  try {
    const shapes = inferShapes(head, { [INPUT]: picture });
    const whole = [...shapes.values()].every((shape) =>
      shape.every((size) => size === null || (size > 0 && Number.isInteger(size))),
    );
    const scores = shapes.get(output)!;
    return whole && scores.slice(0, -1).every((size) => size === 1) && scores.length > 1;
  } catch {
    // A shape rule that refuses: the head does not fit.
    return false;
  }
}

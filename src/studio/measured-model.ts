/** What is measured to find the fastest engine for a model. */
import type { MeasuredModel } from '../engines/fastest.ts';
import { parseObjective } from '../objectives/parse.ts';
import type { Model } from './catalogue.ts';
import { smallestSide, withObjective } from './layers.ts';

/** The sides of an early octave and of a late one. */
const SMALL = 128;
const LARGE = 512;

/** A gradient at the model's usual layer. */
export async function measuredModel(model: Model): Promise<MeasuredModel> {
  const { name, graph, defaultLayer, minimumSide } = model;
  const objective = parseObjective(defaultLayer, { measure: 'mean-square' });
  const scored = withObjective(graph, objective);
  await model.ready([...scored.nodes.keys()].filter((node) => graph.nodes.has(node)));
  const least = Math.max(minimumSide, smallestSide(scored));
  const sides = [Math.max(SMALL, least), Math.max(LARGE, least)] as const;
  return { name, hash: await model.hash(), graph, objective, sides };
}

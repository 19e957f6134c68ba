/** What is measured to find the fastest engine for a model. */
import type { Image } from '../dream/image.ts';
import { psnr } from '../dream/perturb/compare.ts';
import { presets } from '../dream/presets.ts';
import type { GradientEngine } from '../engines/engine.ts';
import type { MeasuredModel } from '../engines/fastest.ts';
import { parseObjective } from '../objectives/parse.ts';
import { samplePictures } from './adding/sample-pictures.ts';
import type { Model } from './catalogue.ts';
import { smallestSide, withObjective } from './layers.ts';
import { planRender } from './render.ts';

/** The sides of an early octave and of a late one. */
const SMALL = 128;
const LARGE = 512;

/**
 * Of the dream that half precision is compared by. Each step makes a difference several times as
 * large: after 3 it is a third of what a dream has changed, and after 30 two dreams in float32 are
 * as far apart whose gradients differ by a millionth.
 */
const STEPS = 3;
/** For pictures that are the same: a number that can be written down. */
const MOST_DECIBELS = 200;

/** A gradient at the model's usual layer. */
export async function measuredModel(model: Model): Promise<MeasuredModel> {
  const { name, graph, defaultLayer, minimumSide } = model;
  const objective = parseObjective(defaultLayer, { measure: 'mean-square' });
  const scored = withObjective(graph, objective);
  await model.ready([...scored.nodes.keys()].filter((node) => graph.nodes.has(node)));
  const least = Math.max(minimumSide, smallestSide(scored));
  const sides = [Math.max(SMALL, least), Math.max(LARGE, least)] as const;
  return {
    ...{ name, hash: await model.hash(), graph, objective, sides },
    decibels: async (engine, reference) => {
      const one = await smallDream(model, sides[0], engine);
      const other = await smallDream(model, sides[0], reference);
      return Math.min(MOST_DECIBELS, psnr(one, other));
    },
  };
}

async function smallDream(model: Model, side: number, engine: GradientEngine): Promise<Image> {
  const [image] = samplePictures(1, { rows: side, columns: side });
  const picture = { image: image!, originalRows: side, originalColumns: side };
  const recipe = { ...presets.default, layer: model.defaultLayer, octaves: 1, steps: STEPS };
  const frames = planRender(model, { picture, recipe }).run(engine);
  for (;;) {
    const next = await frames.next();
    if (next.done) return next.value;
  }
}

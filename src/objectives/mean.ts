import { describeView, meanOf, viewed, whiteningOf } from './layer-view.ts';
import type { LayerView } from './layer-view.ts';
import type { Objective } from './objective.ts';

/** The mean of a layer's values: what TensorFlow 2's tutorial climbs. */
export function mean(view: LayerView): Objective {
  return {
    describe: () => `mean(${describeView(view)})`,
    score: (context) => {
      const { builder } = context;
      const activations = viewed(view, context);
      const weights = whiteningOf(view, activations, context);
      const weighted = weights === null ? activations : builder.add('mul', [activations, weights]);
      return meanOf(weighted, context);
    },
  };
}

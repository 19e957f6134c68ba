import { describeView, meanOf, viewed, whiteningOf } from './layer-view.ts';
import type { LayerView } from './layer-view.ts';
import type { Objective } from './objective.ts';

/**
 * The mean of a layer's squared values: what Caffe's deepdream (there ½ Σ a²) and Keras's example
 * climb, up to a factor.
 */
export function meanSquare(view: LayerView): Objective {
  return {
    describe: () => `mean(${describeView(view)}²)`,
    score: (context) => {
      const { builder } = context;
      const activations = viewed(view, context);
      const squares = builder.add('square', [activations]);
      const weights = whiteningOf(view, activations, context);
      const weighted = weights === null ? squares : builder.add('mul', [squares, weights]);
      return meanOf(weighted, context);
    },
  };
}

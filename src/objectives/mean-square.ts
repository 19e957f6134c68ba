import type { Objective } from './objective.ts';

/**
 * The mean of a layer's squared values: what Caffe's deepdream (there ½ Σ a²) and Keras's example
 * climb, up to a factor.
 */
export function meanSquare(layer: string): Objective {
  return {
    describe: () => `mean(${layer}²)`,
    score: (taps, builder) => {
      const squares = builder.add('square', [taps(layer)]);
      return builder.add('reduceMean', [squares], { axes: [0, 1, 2, 3], keepDimensions: false });
    },
  };
}

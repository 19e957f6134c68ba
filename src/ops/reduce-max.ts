/** The largest value over axes. attributes: axes, keepDimensions. */
import type { OpDefinition } from './op.ts';
import { reduction } from './reduce.ts';

/** Cells that share the maximum share its gradient. */
export const reduceMax: OpDefinition = {
  ...reduction('reduceMax', 'ReduceMax', (tf, x, axes, keep) => tf.max(x, axes, keep)),
  backward: ({ builder, attributes, x, y, dy }) => {
    const [cells] = x as [string];
    const spread = (value: string): string =>
      builder.add('reduceSumGradient', [value, cells], attributes);
    const mask = builder.add('isEqual', [cells, spread(y)]);
    const ties = builder.add('reduceSum', [mask], attributes);
    return [builder.add('mul', [mask, spread(builder.add('div', [dy, ties]))])];
  },
};

/** 1 where both inputs are the same, else 0. */
export const isEqual: OpDefinition = {
  name: 'isEqual',
  shape: ([a]) => a!,
  onnx: (emit, { inputs }) => emit.asNumbers(emit.node('Equal', inputs)),
};

import { slice } from '../../graph/graph.ts';
import type { Imported } from '../../importers/imported.ts';
import { DreamError } from '../../kit/errors.ts';

/**
 * Whether a network's weights, which must be ready, are all numbers.
 * @throws DreamError 'bad-model' naming the node.
 */
export function checkNumbers({ graph, output }: Pick<Imported, 'graph' | 'output'>): void {
  for (const [node, constant] of slice(graph, [output]).constants) {
    const values = constant.read();
    const wrong = values.reduce((sum, value) => sum + (Number.isFinite(value) ? 0 : 1), 0);
    if (wrong === 0) continue;
    throw new DreamError(
      'bad-model',
      `${wrong} of the ${values.length} weights of '${node}' are no finite numbers`,
      'The training of this network has failed: bring an earlier state of it.',
    );
  }
}

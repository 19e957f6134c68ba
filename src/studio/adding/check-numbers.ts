import { slice } from '../../graph/graph.ts';
import type { Constant } from '../../graph/graph.ts';
import type { Imported } from '../../importers/imported.ts';
import type { StoredConstant } from '../../importers/weights.ts';
import { DreamError } from '../../kit/errors.ts';
import { collectSince } from '../../kit/garbage.ts';

/** Numbers of a constant that is looked at as it is computed, not as it lies in the file. */
const FEW = 2 ** 14;

/**
 * Brings a network's weights into reach, one after another, and looks whether all are numbers.
 * @throws DreamError 'bad-model' naming the node.
 */
export async function checkNumbers({
  graph,
  output,
  weights,
}: Pick<Imported, 'graph' | 'output' | 'weights'>): Promise<void> {
  const seen = new Set<string>();
  const held = collectSince(0);
  for (const [node, constant] of slice(graph, [output]).constants) {
    for (const name of storedIn(constant)) {
      if (seen.has(name)) continue;
      seen.add(name);
      await weights.ready([name]);
      checkValues(name, weights.constant(name).read());
      collectSince(held);
    }
    // What is computed from numbers may be none: the root of a variance below zero.
    if (cellsOf(constant) <= FEW) checkValues(node, constant.read());
  }
}

function storedIn(constant: Constant): readonly string[] {
  return 'weights' in constant ? (constant as StoredConstant).weights : [];
}

function cellsOf({ shape }: Constant): number {
  return shape.reduce((product, size) => product * size, 1);
}

function checkValues(name: string, values: Float32Array): void {
  let wrong = 0;
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index]!)) wrong++;
  }
  if (wrong === 0) return;
  throw new DreamError(
    'bad-model',
    `${wrong} of the ${values.length} weights of '${name}' are no finite numbers`,
    'The training of this network has failed: bring an earlier state of it.',
  );
}

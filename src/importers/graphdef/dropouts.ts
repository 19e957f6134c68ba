/**
 * Dropout that a training left in the graph: x / keep · mask, with a mask of random ones and
 * zeros. In use nothing is dropped: it hands on x.
 */
import { nodeName, sourcesOf } from './links.ts';
import type { TensorflowNode } from './node.ts';

const RANDOM = 'RandomUniform';
/** What a mask is made with from random numbers: ⌊keep + random⌋, or random ≥ rate. */
const MASKS = new Set(['Floor', 'Cast', 'GreaterEqual', 'Add', 'AddV2', 'Sub', 'Mul', 'Identity']);

export function withoutDropout(nodes: readonly TensorflowNode[]): readonly TensorflowNode[] {
  if (!nodes.some(({ op }) => op === RANDOM)) return nodes;
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return nodes.map((node) => {
    if (node.op !== 'Mul') return node;
    const kept = keptBy(node, byName);
    return kept === null ? node : { ...node, op: 'Identity', inputs: [kept] };
  });
}

/** The x of a product x / keep · mask, in either order; null for any other product. */
function keptBy(
  product: TensorflowNode,
  byName: ReadonlyMap<string, TensorflowNode>,
): string | null {
  const [left, right] = sourcesOf(product).map((source) => byName.get(source));
  if (!left || !right) return null;
  for (const [scaled, mask] of [
    [left, right],
    [right, left],
  ] as const) {
    const masks = mask.op === 'Floor' || mask.op === 'Cast';
    if (!masks || !isRandom(mask, byName) || !['RealDiv', 'Div', 'Mul'].includes(scaled.op))
      continue;
    const [x] = scaled.inputs;
    if (x !== undefined) return nodeName(x);
  }
  return null;
}

function isRandom(mask: TensorflowNode, byName: ReadonlyMap<string, TensorflowNode>): boolean {
  const seen = new Set<TensorflowNode>();
  const pending = [mask];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (node.op === RANDOM) return true;
    if (seen.has(node) || !MASKS.has(node.op)) continue;
    seen.add(node);
    pending.push(...sourcesOf(node).flatMap((source) => byName.get(source) ?? []));
  }
  return false;
}

/**
 * Dropout that a training left in the graph: x / keep · mask, with a mask of random ones and
 * zeros. In use nothing is dropped: it hands on x.
 */
import { linksOf, nodeName, sourcesOf } from './links.ts';
import type { Links } from './links.ts';
import type { TensorflowNode } from './node.ts';

const RANDOM = 'RandomUniform';
/** What a mask is made with from random numbers: ⌊keep + random⌋, or random ≥ rate. */
const MASKS = new Set(['Floor', 'Cast', 'GreaterEqual', 'Add', 'AddV2', 'Sub', 'Mul', 'Identity']);

export function withoutDropout(nodes: readonly TensorflowNode[]): readonly TensorflowNode[] {
  if (!nodes.some(({ op }) => op === RANDOM)) return nodes;
  const links = linksOf(nodes);
  const random = randomNodes(links);
  return nodes.map((node) => {
    if (node.op !== 'Mul') return node;
    const kept = keptBy(node, links, random);
    return kept === null ? node : { ...node, op: 'Identity', inputs: [kept] };
  });
}

/** The x of a product x / keep · mask, in either order; null for any other product. */
function keptBy(
  product: TensorflowNode,
  { byName }: Links,
  random: ReadonlySet<string>,
): string | null {
  const [left, right] = sourcesOf(product).map((source) => byName.get(source));
  if (!left || !right) return null;
  for (const [scaled, mask] of [
    [left, right],
    [right, left],
  ] as const) {
    const masks = mask.op === 'Floor' || mask.op === 'Cast';
    if (!masks || !random.has(mask.name) || !['RealDiv', 'Div', 'Mul'].includes(scaled.op))
      continue;
    const [x] = scaled.inputs;
    if (x !== undefined) return nodeName(x);
  }
  return null;
}

/** The names of those random numbers, and of what masks are made of with them. */
function randomNodes({ byName, readers }: Links): Set<string> {
  const random = new Set<string>();
  const pending = [...byName.values()].filter(({ op }) => op === RANDOM);
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (random.has(node.name)) continue;
    random.add(node.name);
    for (const reader of readers.get(node.name) ?? []) {
      if (MASKS.has(reader.op)) pending.push(reader);
    }
  }
  return random;
}

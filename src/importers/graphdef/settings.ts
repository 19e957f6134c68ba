import { folds } from './fold.ts';
import { sourcesOf } from './links.ts';
import type { TensorflowNode } from './node.ts';
import { sizeOps } from './sizes.ts';
import { passThrough, tensorflowOps } from './table.ts';

/**
 * The constants that must be read to know what the nodes do: axes, paddings, shapes, and what
 * those are computed from.
 */
export function settingsIn(nodes: readonly TensorflowNode[]): string[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const found = new Set<string>();
  const pending = nodes.flatMap(settingsOf);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = byName.get(name);
    // The values behind a Shape do not matter, and sums of weights are no settings.
    if (!node || found.has(name) || node.op === 'Shape') continue;
    found.add(name);
    if (sizeOps.has(node.op) || passThrough.has(node.op) || folds.has(node.op)) {
      pending.push(...sourcesOf(node));
    }
  }
  return [...found].filter((name) => byName.get(name)!.op === 'Const');
}

function settingsOf(node: TensorflowNode): string[] {
  const inputs = sourcesOf(node);
  const positions = tensorflowOps.get(node.op)?.settings ?? folds.get(node.op)?.settings ?? [];
  // An op that only shapes go through reads all that it is given.
  const onlySizes = sizeOps.has(node.op) && !tensorflowOps.has(node.op) && !folds.has(node.op);
  if (onlySizes && node.op !== 'Shape') return inputs;
  return positions.flatMap((position) => inputs.at(position) ?? []);
}

import type { TensorflowNode } from './node.ts';

/** The nodes of a graph, and who reads whom. */
export interface Links {
  readonly byName: ReadonlyMap<string, TensorflowNode>;
  readonly readers: ReadonlyMap<string, readonly TensorflowNode[]>;
  /** Each after its inputs; without those that a loop keeps from having such a place. */
  readonly order: readonly TensorflowNode[];
}

/** The names of the nodes that `node` takes values from, not of those that only run before it. */
export function sourcesOf({ inputs }: Pick<TensorflowNode, 'inputs'>): string[] {
  return inputs.filter((input) => !input.startsWith('^')).map(nodeName);
}

/** `name` of `name:1`. */
export function nodeName(input: string): string {
  const colon = input.indexOf(':');
  return colon === -1 ? input : input.slice(0, colon);
}

export function linksOf(nodes: readonly TensorflowNode[]): Links {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const readers = new Map<string, TensorflowNode[]>();
  const waitsFor = new Map<TensorflowNode, number>();
  for (const node of byName.values()) {
    const sources = sourcesOf(node).filter((source) => byName.has(source));
    waitsFor.set(node, sources.length);
    for (const source of sources) {
      const known = readers.get(source);
      if (known) known.push(node);
      else readers.set(source, [node]);
    }
  }
  const order = [...byName.values()].filter((node) => waitsFor.get(node) === 0);
  // Grows while it is walked through.
  for (const { name } of order) {
    for (const reader of readers.get(name) ?? []) {
      const left = waitsFor.get(reader)! - 1;
      waitsFor.set(reader, left);
      if (left === 0) order.push(reader);
    }
  }
  return { byName, readers, order };
}

/** `start` and all nodes that it needs. */
export function ancestorsOf(start: string, { byName }: Links): Set<string> {
  const found = new Set<string>();
  const pending = [start];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = byName.get(name);
    if (!node || found.has(name)) continue;
    found.add(name);
    pending.push(...sourcesOf(node));
  }
  return found;
}

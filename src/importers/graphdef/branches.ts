/**
 * Branches that only tell training from use (is_training, Keras's learning phase): a Switch sends
 * a value down one of two ways, a Merge takes it from the one that was gone. Every flag that a
 * person would have to set counts as false; what only runs in training falls away.
 */
import type { Weights } from '../weights.ts';
import { linksOf, nodeName, sourcesOf } from './links.ts';
import type { Links } from './links.ts';
import type { TensorflowNode } from './node.ts';

const SWITCHES = new Set(['Switch', 'RefSwitch']);
const MERGES = new Set(['Merge', 'RefMerge']);
const HANDS_ON = new Set(['Identity', 'PlaceholderWithDefault', ...SWITCHES]);

/** The graph without the branches whose flag is known; loops stay as they are. */
export async function withoutBranches(
  nodes: readonly TensorflowNode[],
  weights: Weights,
): Promise<readonly TensorflowNode[]> {
  if (!nodes.some(({ op }) => SWITCHES.has(op))) return nodes;
  const links = linksOf(nodes);
  const ways = new Map<string, 0 | 1>();
  for (const node of links.order) {
    if (!SWITCHES.has(node.op)) continue;
    const flag = await flagOf(sourcesOf(node)[1], links, weights);
    if (flag !== null) ways.set(node.name, flag ? 1 : 0);
  }
  const dead = new DeadEnds(nodes, ways);
  return nodes.map((node) => {
    const inputs = node.inputs.map((input) =>
      ways.has(nodeName(input)) ? nodeName(input) : input,
    );
    if (ways.has(node.name)) return { ...node, op: 'Identity', inputs: inputs.slice(0, 1) };
    const live = node.inputs.filter((input) => !input.startsWith('^') && !dead.has(input));
    if (!MERGES.has(node.op) || live.length !== 1) return { ...node, inputs };
    const source = live[0]!;
    return {
      ...node,
      op: 'Identity',
      inputs: [ways.has(nodeName(source)) ? nodeName(source) : source],
    };
  });
}

/** The value of a flag, null where it is computed from something that is not known. */
async function flagOf(
  start: string | undefined,
  { byName }: Links,
  weights: Weights,
): Promise<boolean | null> {
  let node = byName.get(start ?? '');
  let inverted = false;
  for (; node; node = byName.get(sourcesOf(node)[0] ?? '')) {
    if (node.op === 'Placeholder' || node.op === 'PlaceholderWithDefault') return inverted;
    if (node.op === 'Const') return (await isTrue(node.name, weights)) !== inverted;
    if (node.op === 'LogicalNot') inverted = !inverted;
    else if (!HANDS_ON.has(node.op)) return null;
  }
  return null;
}

async function isTrue(name: string, weights: Weights): Promise<boolean> {
  await weights.ready([name]);
  return weights.constant(name).read()[0] === 1;
}

/** What nothing ever reaches: the ways that no Switch takes, and all that waits for them. */
class DeadEnds {
  readonly #outputs = new Set<string>();
  readonly #nodes = new Set<string>();

  constructor(nodes: readonly TensorflowNode[], ways: ReadonlyMap<string, 0 | 1>) {
    const readers = new Map<string, TensorflowNode[]>();
    for (const node of nodes) {
      for (const input of node.inputs) {
        const source = nodeName(input.replace(/^\^/, ''));
        const known = readers.get(source);
        if (known) known.push(node);
        else readers.set(source, [node]);
      }
    }
    for (const [name, way] of ways) this.#outputs.add(way === 1 ? name : `${name}:1`);
    const pending = [...ways.keys()];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const reader of readers.get(name) ?? []) {
        if (this.#nodes.has(reader.name) || !this.#waits(reader)) continue;
        this.#nodes.add(reader.name);
        pending.push(reader.name);
      }
    }
  }

  has(input: string): boolean {
    const output = input.replace(/^\^/, '').replace(/:0$/, '');
    return this.#outputs.has(output) || this.#nodes.has(nodeName(output));
  }

  /** A Merge takes what comes; anything else waits for all its inputs. */
  #waits({ op, inputs }: TensorflowNode): boolean {
    const data = inputs.filter((input) => !input.startsWith('^'));
    if (MERGES.has(op)) return data.every((input) => this.has(input));
    return inputs.some((input) =>
      // A Switch itself runs whichever way it sends its value.
      input.startsWith('^') ? this.#nodes.has(input.slice(1)) : this.has(input),
    );
  }
}

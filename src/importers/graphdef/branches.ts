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
const HANDS_ON = new Set(['Identity', 'LogicalNot', ...SWITCHES]);

/** The graph without the branches whose flag is known; loops stay as they are. */
export async function withoutBranches(
  nodes: readonly TensorflowNode[],
  weights: Weights,
): Promise<readonly TensorflowNode[]> {
  if (!nodes.some(({ op }) => SWITCHES.has(op))) return nodes;
  const links = linksOf(nodes);
  const flags = new Flags(links, weights);
  const ways = new Map<string, 0 | 1>();
  for (const node of links.order) {
    if (!SWITCHES.has(node.op)) continue;
    const flag = await flags.of(sourcesOf(node)[1]);
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

/** The values of flags, null where one is computed from something that is not known. */
class Flags {
  readonly #known = new Map<string, boolean | null>();

  constructor(
    private readonly links: Links,
    private readonly weights: Weights,
  ) {}

  async of(start: string | undefined): Promise<boolean | null> {
    const { byName } = this.links;
    const passed: TensorflowNode[] = [];
    let node = byName.get(start ?? '');
    while (node && !this.#known.has(node.name) && HANDS_ON.has(node.op)) {
      passed.push(node);
      node = byName.get(sourcesOf(node)[0] ?? '');
    }
    let flag = node ? await this.#at(node) : null;
    for (const { name, op } of passed.reverse()) {
      if (op === 'LogicalNot' && flag !== null) flag = !flag;
      this.#known.set(name, flag);
    }
    return flag;
  }

  async #at({ name, op }: TensorflowNode): Promise<boolean | null> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const isSet = op === 'Const' ? await this.#isTrue(name) : null;
    const flag = op === 'Placeholder' || op === 'PlaceholderWithDefault' ? false : isSet;
    this.#known.set(name, flag);
    return flag;
  }

  async #isTrue(name: string): Promise<boolean> {
    await this.weights.ready([name]);
    return this.weights.constant(name).read()[0] === 1;
  }
}

/** That `reader` reads `input`. */
interface Link {
  readonly reader: TensorflowNode;
  readonly input: string;
}

/** What nothing ever reaches: the ways that no Switch takes, and all that waits for them. */
class DeadEnds {
  readonly #outputs = new Set<string>();
  readonly #nodes = new Set<string>();
  readonly #links = new Map<string, Link[]>();
  readonly #dead = new Set<Link>();
  /** For each Merge, how many of the ways to it are not known to be dead. */
  readonly #open = new Map<TensorflowNode, number>();

  constructor(nodes: readonly TensorflowNode[], ways: ReadonlyMap<string, 0 | 1>) {
    for (const reader of nodes) this.#add(reader);
    for (const [name, way] of ways) this.#outputs.add(way === 1 ? name : `${name}:1`);
    const pending = [...ways.keys()];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      for (const link of this.#links.get(name) ?? []) {
        const { reader } = link;
        if (this.#nodes.has(reader.name) || !this.#ends(link)) continue;
        this.#nodes.add(reader.name);
        pending.push(reader.name);
      }
    }
  }

  has(input: string): boolean {
    const output = input.replace(/^\^/, '').replace(/:0$/, '');
    return this.#outputs.has(output) || this.#nodes.has(nodeName(output));
  }

  #add(reader: TensorflowNode): void {
    for (const input of reader.inputs) {
      const source = nodeName(input.replace(/^\^/, ''));
      const link = { reader, input };
      const known = this.#links.get(source);
      if (known) known.push(link);
      else this.#links.set(source, [link]);
    }
    const data = reader.inputs.filter((input) => !input.startsWith('^'));
    if (MERGES.has(reader.op)) this.#open.set(reader, data.length);
  }

  /** Whether its reader waits in vain: a Merge takes what comes, anything else waits for all. */
  #ends(link: Link): boolean {
    const { reader, input } = link;
    const runsBefore = input.startsWith('^');
    // A Switch itself runs whichever way it sends its value.
    const isDead = runsBefore ? this.#nodes.has(input.slice(1)) : this.has(input);
    const open = this.#open.get(reader);
    if (open === undefined || !isDead) return isDead;
    if (runsBefore || this.#dead.has(link)) return false;
    this.#dead.add(link);
    this.#open.set(reader, open - 1);
    return open === 1;
  }
}

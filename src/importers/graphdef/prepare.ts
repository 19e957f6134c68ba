/** From all that a file holds to the part that is the network: from the picture to the classes. */
import { DreamError } from '../../kit/errors.ts';
import type { Weights } from '../weights.ts';
import { withoutBranches } from './branches.ts';
import { withoutDropout } from './dropouts.ts';
import { findEntry, varyingNodes } from './entry.ts';
import type { Entry } from './entry.ts';
import { linksOf, nodeName, sourcesOf } from './links.ts';
import type { Links } from './links.ts';
import type { TensorflowGraph, TensorflowNode } from './node.ts';
import { findOutput } from './output.ts';
import { withParts } from './parts.ts';

export interface Prepared {
  /** The picture's entry has become a Placeholder, what only handed it on an Identity. */
  readonly nodes: readonly TensorflowNode[];
  readonly output: string;
  /** The last node of the file that the picture takes the place of, where something fell away. */
  readonly after: string | undefined;
}

/** @throws DreamError 'bad-model' for a graph without an output. */
export async function prepared(file: TensorflowGraph, weights: Weights): Promise<Prepared> {
  const all = withParts(withoutDropout(await withoutBranches(file.nodes, weights)));
  const links = linksOf(all);
  const varying = varyingNodes(links);
  const entry = findEntry(links, varying);
  const declared = file.output === undefined ? undefined : nodeName(file.output);
  const output =
    declared !== undefined && links.byName.has(declared)
      ? declared
      : findOutput(links, varying, entry);
  if (output === undefined) {
    throw new DreamError('bad-model', 'the graph has no node that nothing else reads: no output');
  }
  if (!entry) return { nodes: all, output, after: undefined };
  const shape = await new EntryShape(links, weights).of(entry);
  const nodes = all.map((node) => cut(node, entry, shape));
  return { nodes, output, after: entry.after };
}

function cut(node: TensorflowNode, entry: Entry, shape: readonly number[]): TensorflowNode {
  if (node.name === entry.node.name) {
    return { name: node.name, op: 'Placeholder', inputs: [], attributes: { shape } };
  }
  if (!entry.handsOn.has(node.name)) return node;
  return { ...node, op: 'Identity', inputs: node.inputs.slice(0, 1) };
}

/** Finds out how large the pictures are that enter a graph. */
class EntryShape {
  constructor(
    private readonly links: Links,
    private readonly weights: Weights,
  ) {}

  /** [-1, rows, columns, channels], -1 where it is not known. */
  async of({ node, sized }: Entry): Promise<readonly number[]> {
    const given = await this.#given(node);
    const channels = given.at(-1) ?? -1;
    if (sized === node) return [-1, given.at(-3) ?? -1, given.at(-2) ?? -1, channels];
    const [rows = -1, columns = -1] = await this.#numbers(sized, 1);
    return [-1, rows, columns, channels];
  }

  async #given({ op, attributes, ...node }: TensorflowNode): Promise<readonly number[]> {
    const { shape, channels } = attributes;
    if (op === 'Reshape') return this.#numbers(node, 1);
    if (op === 'Placeholder') return Array.isArray(shape) ? (shape as number[]) : [];
    return typeof channels === 'number' && channels > 0 ? [channels] : [];
  }

  /** The numbers in an input that is a constant; none where it is something else. */
  async #numbers(node: Pick<TensorflowNode, 'inputs'>, index: number): Promise<readonly number[]> {
    const source = sourcesOf(node)[index];
    const constant = source === undefined ? undefined : this.links.byName.get(source);
    if (constant?.op !== 'Const' || !this.weights.has(constant.name)) return [];
    const stored = this.weights.constant(constant.name);
    if (stored.shape.length !== 1 || stored.shape[0]! > 4) return [];
    await this.weights.ready([constant.name]);
    return [...stored.read()];
  }
}

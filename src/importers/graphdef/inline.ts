/**
 * Functions that a graph calls (TensorFlow 2 keeps a network as some that call one another) become
 * part of it: a call's nodes get its name as their folder.
 */
import { DreamError } from '../../kit/errors.ts';
import type { GraphDef, GraphFunction, GraphFunctions } from '../containers/graphdef-protobuf.ts';
import type { TensorflowNode } from './node.ts';

export const CALLS: ReadonlySet<string> = new Set(['PartitionedCall', 'StatefulPartitionedCall']);
/** The largest networks have some thousands. */
const MOST_NODES = 50_000;
const DEEPEST = 32;
/** Outputs of nodes with several that are not the first of them. */
const LATER = /^(batch_(mean|variance)|reserve_space_\d|indices|argmax)$/;

/** The graph with every call replaced by what it calls; `output` as it is called there. */
export function inlined(
  graph: GraphDef,
  functions: GraphFunctions,
  output: string | undefined,
): GraphDef & { readonly output: string | undefined } {
  const inliner = new Inliner(functions);
  inliner.add(graph, { folder: '', refOf: outerRef }, 0);
  return {
    nodes: inliner.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((input) => inliner.source(input)),
    })),
    tensors: inliner.tensors,
    output: output === undefined ? undefined : inliner.source(outerRef(output)),
  };
}

/** Where nodes are put, and what their inputs are called there. */
interface Scope {
  readonly folder: string;
  readonly refOf: (input: string) => string;
}

class Inliner implements GraphDef {
  readonly nodes: TensorflowNode[] = [];
  readonly tensors = new Map<string, Uint8Array>();
  /** What a call gives → what that is inside it. */
  readonly #results = new Map<string, string>();
  #calls = 0;

  constructor(private readonly functions: GraphFunctions) {}

  add({ nodes, tensors }: GraphDef, { folder, refOf }: Scope, depth: number): void {
    for (const node of nodes) {
      const name = folder + node.name;
      const inputs = node.inputs.map(refOf);
      const called = CALLS.has(node.op) ? this.functions.get(functionName(node)) : undefined;
      if (called && !restores(called())) {
        this.#call(name, inputs, called(), depth + 1);
        continue;
      }
      this.#count();
      this.nodes.push({ ...node, name, inputs });
      const tensor = tensors.get(node.name);
      if (tensor) this.tensors.set(name, tensor);
    }
  }

  /** `input`, or what it is inside the calls that give it. */
  source(input: string): string {
    const passed: string[] = [];
    let found = input;
    for (let next = this.#results.get(found); next !== undefined; next = this.#results.get(found)) {
      passed.push(found);
      if (passed.length > this.#results.size) throw bad(`'${input}' is given by what reads it`);
      found = next;
    }
    for (const each of passed) this.#results.set(each, found);
    return found;
  }

  #count(): void {
    if (this.nodes.length + this.#calls < MOST_NODES) return;
    throw bad(`the graph and the functions that it calls have more than ${MOST_NODES} nodes`);
  }

  #call(name: string, inputs: readonly string[], called: GraphFunction, depth: number): void {
    if (depth > DEEPEST) throw bad(`'${name}' is a call inside of ${DEEPEST} others`);
    this.#calls++;
    this.#count();
    const data = inputs.filter((input) => !input.startsWith('^'));
    const given = new Map(called.parameters.map((parameter, at) => [parameter, data[at] ?? '']));
    const folder = `${name}/`;
    const refOf = (input: string): string => given.get(input) ?? innerRef(input, folder);
    this.add(called, { folder, refOf }, depth);
    called.results.forEach((result, index) => {
      this.#results.set(index === 0 ? name : `${name}:${index}`, refOf(result));
    });
  }
}

export function functionName({ attributes }: TensorflowNode): string {
  return typeof attributes['f'] === 'string' ? attributes['f'] : '';
}

/** What saves variables to a file or restores them from it is no part of the network. */
export function restores({ nodes }: GraphDef): boolean {
  return nodes.some(({ op }) => op === 'RestoreV2' || op === 'SaveV2');
}

/** `node` for the first output of a graph's node, `node:1` for the next. */
function outerRef(input: string): string {
  return input.replace(/:0$/, '');
}

/** The same of `node:output:0`, in which outputs are counted by their names. */
export function innerRef(input: string, folder: string): string {
  if (input.startsWith('^')) return `^${folder}${input.slice(1)}`;
  const [node, output = '', index = '0'] = input.split(':') as [string, string?, string?];
  const place = LATER.test(output) ? Number(index) + 1 : Number(index);
  return place === 0 ? folder + node : `${folder}${node}:${place}`;
}

function bad(message: string): DreamError {
  return new DreamError('bad-model', message);
}

import { DreamError } from '../../kit/errors.ts';
import type { Network, NetworkNode, NetworkValue } from './network.ts';

/**
 * What says which class it is instead of how likely each is: what a dream climbs is its input of
 * that index.
 */
const DECISIONS = new Map([
  ['ArgMax', 0],
  ['TopK', 0],
  ['ai.onnx.ml:ZipMap', 0],
  ['ai.onnx.ml:ArrayFeatureExtractor', 1],
]);

/** The value with the scores of the classes. */
export function outputOf({ nodes, outputs }: Network): string {
  const producers = producersOf(nodes);
  const beforeDecision = ({ name }: NetworkValue): string => {
    let value = name;
    const passed = new Set<NetworkNode>();
    for (let node = producers.get(value); node && !passed.has(node); node = producers.get(value)) {
      const decided = DECISIONS.get(node.op);
      if (decided === undefined) break;
      passed.add(node);
      value = node.inputs[decided] ?? '';
    }
    return value;
  };
  // Of several outputs, the first that has one axis of scores and is not a decision itself.
  const scores = outputs.find(({ name, dims }) => {
    const axes = dims?.slice(1).filter((size) => size !== 1).length;
    return axes === 1 && beforeDecision({ name, dims, numeric: true }) === name;
  });
  return scores?.name ?? beforeDecision(outputs[0]!);
}

/** The nodes that `output` needs, each after those that it reads. */
export function inOrder(network: Network, output: string): NetworkNode[] {
  const producers = producersOf(network.nodes);
  const given = new Set(network.inputs.map(({ name }) => name));
  const state = new Map<NetworkNode, 'open' | 'done'>();
  const nodes: NetworkNode[] = [];
  const producerOf = (value: string, reader: string): NetworkNode | undefined => {
    const producer = producers.get(value);
    if (producer || value === '' || given.has(value) || network.constants.has(value)) {
      return producer;
    }
    throw bad(`${reader} reads '${value}', which nothing gives`);
  };
  const last = producerOf(output, 'the output');
  if (!last) throw bad(`the output '${output}' is not computed from anything`);
  // A stack of its own: graphs can be deeper than the language's.
  const pending = [last];
  for (let node = pending.at(-1); node; node = pending.at(-1)) {
    const before = state.get(node);
    if (before === undefined) {
      state.set(node, 'open');
      const { place } = node;
      const needed = node.inputs.flatMap((value) => producerOf(value, place) ?? []);
      const waiting = needed.filter((producer) => state.get(producer) !== 'done');
      const circle = waiting.find((producer) => state.get(producer) === 'open');
      if (circle) throw bad(`${place} reads ${circle.place}, which reads it: a loop`);
      pending.push(...waiting.reverse());
      continue;
    }
    pending.pop();
    if (before === 'open') {
      state.set(node, 'done');
      nodes.push(node);
    }
  }
  return nodes;
}

function producersOf(nodes: readonly NetworkNode[]): Map<string, NetworkNode> {
  const producers = new Map<string, NetworkNode>();
  for (const node of nodes) {
    for (const output of node.outputs) {
      if (output === '') continue;
      if (producers.has(output)) throw bad(`${node.place} gives '${output}', which another gives`);
      producers.set(output, node);
    }
  }
  return producers;
}

function bad(message: string): DreamError {
  return new DreamError('bad-model', message);
}

/** A Split has several outputs; here it becomes one node for each of them that is read. */
import type { NodeRef } from '../../graph/graph.ts';
import { fromStart } from './axes.ts';
import type { TensorflowNode } from './node.ts';
import type { NodeCall } from './node-call.ts';

/** The same graph in which each Split has one output: the part that its attribute `index` tells. */
export function withParts(nodes: readonly TensorflowNode[]): readonly TensorflowNode[] {
  const splits = new Map(nodes.filter(({ op }) => op === 'Split').map((node) => [node.name, node]));
  if (splits.size === 0) return nodes;
  const parts = new Map<string, TensorflowNode>();
  const renamed = (input: string): string => {
    const [name, index = '0'] = input.split(':') as [string, string?];
    const split = splits.get(name);
    if (!split) return input;
    const part = index === '0' ? name : `${name}/output_${index}`;
    const attributes = { ...split.attributes, index: Number(index) };
    parts.set(part, { ...split, name: part, attributes });
    return part;
  };
  const others = nodes
    .filter(({ op }) => op !== 'Split')
    .map((node) => ({ ...node, inputs: node.inputs.map(renamed) }));
  return [...others, ...parts.values()];
}

/** inputs: axis · x, cut into num_split parts of the same size */
export function part(call: NodeCall): NodeRef {
  const shape = call.builder.shapeOf(call.tensor(1));
  const axis = fromStart(call.setting(0)[0] ?? 0, shape.length);
  const [size, count, index] = [shape[axis], call.number('num_split', 1), call.number('index', 0)];
  if (!size || size % count !== 0 || index < 0 || index >= count) {
    throw call.bad(`cuts axis ${axis} of [${shape.join(', ')}] into ${count}`);
  }
  const cells = size / count;
  const cut = (wanted: number): number[] => shape.map((_, at) => (at === axis ? wanted : 0));
  const attributes = { before: cut(index * cells), after: cut((count - 1 - index) * cells) };
  return call.builder.add('crop', [call.tensor(1)], attributes, call.output);
}

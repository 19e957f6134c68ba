import { DreamError } from '../../kit/errors.ts';
import type { TensorflowNode } from './node.ts';

/** The nodes that `output` needs, each after its inputs. */
export function inOrder(all: readonly TensorflowNode[], output: string): TensorflowNode[] {
  const byName = new Map(all.map((node) => [node.name, node]));
  const nodes: TensorflowNode[] = [];
  const state = new Map<string, 'open' | 'done'>();
  // A stack of its own: graphs can be deeper than the language's.
  const pending = [output];
  for (let name = pending.at(-1); name !== undefined; name = pending.at(-1)) {
    const node = byName.get(name)!;
    const before = state.get(name);
    if (before === undefined) {
      state.set(name, 'open');
      const inputs = inputsOf(node, byName).filter((input) => state.get(input) !== 'done');
      const circle = inputs.find((input) => state.get(input) === 'open');
      if (circle !== undefined) {
        throw new DreamError(
          'unsupported-op',
          `node '${name}' reads '${circle}', which reads it: a loop`,
        );
      }
      pending.push(...inputs.reverse());
      continue;
    }
    pending.pop();
    if (before === 'open') {
      state.set(name, 'done');
      nodes.push(node);
    }
  }
  return nodes;
}

/** `name` of `name` or `name:0`. @throws DreamError 'unsupported-op' for another output. */
export function inputName(input: string, reader: TensorflowNode): string {
  const [name, index = '0'] = input.split(':') as [string, string?];
  if (index === '0') return name;
  throw new DreamError(
    'unsupported-op',
    `node '${reader.name}' reads output ${index} of '${name}'; only first outputs are supported`,
  );
}

/** Inputs that carry data, not those (`^name`) that only have to run before. */
function inputsOf(node: TensorflowNode, byName: ReadonlyMap<string, TensorflowNode>): string[] {
  const inputs = node.inputs.filter((input) => !input.startsWith('^'));
  return inputs.map((input) => {
    const name = inputName(input, node);
    if (byName.has(name)) return name;
    throw new DreamError(
      'bad-model',
      `node '${node.name}' reads '${name}', which is not in the graph`,
    );
  });
}

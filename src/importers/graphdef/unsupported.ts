import { DreamError } from '../../kit/errors.ts';
import { folds } from './fold.ts';
import type { TensorflowNode } from './node.ts';
import { sizeOps } from './sizes.ts';
import { passThrough, tensorflowOps } from './table.ts';

const MOST_NAMED = 8;
const VARIABLES = /^(Variable(V2)?|VarHandleOp|ReadVariableOp|TemporaryVariable)$/;
const CALLS = /^(Stateful)?PartitionedCall$/;
const LOOPS = /^(Stateless)?(While|If|Case)$|^(Enter|Exit|NextIteration|LoopCond|Switch|Merge)$/;
const DETECTS = /NonMaxSuppression|^TensorArray|^CropAndResize$/;
const READS_TEXT = /LSTM|GRU|RNN|Embedding|^String|^LookupTable|Tokenize/i;

/** @throws DreamError 'unsupported-op' that names every op for which there is no rule. */
export function checkSupported(nodes: readonly TensorflowNode[]): void {
  const missing = new Map<string, string[]>();
  for (const { name, op } of nodes) {
    if (isSupported(op)) continue;
    const known = missing.get(op);
    if (known) known.push(name);
    else missing.set(op, [name]);
  }
  if (missing.size > 0) throw refusal(missing);
}

function isSupported(op: string): boolean {
  return (
    op === 'Placeholder' ||
    op === 'Const' ||
    [passThrough, tensorflowOps, folds, sizeOps].some((known) => known.has(op))
  );
}

function refusal(missing: ReadonlyMap<string, readonly string[]>): DreamError {
  const ops = [...missing.keys()];
  const variables = ops.find((op) => VARIABLES.test(op));
  if (variables !== undefined) {
    return new DreamError(
      'unsupported-op',
      `the graph's weights are variables (${countOf(missing, VARIABLES)} nodes, the first ` +
        `'${missing.get(variables)![0]!}'), and their values are not in this file`,
      FREEZE,
    );
  }
  const named = ops.slice(0, MOST_NAMED).map((op) => namedOp(op, missing.get(op)!));
  const more = ops.length > MOST_NAMED ? `, and ${ops.length - MOST_NAMED} other ops` : '';
  const supported = [...tensorflowOps.keys()].join(', ');
  return new DreamError(
    'unsupported-op',
    `${named.join(', ')}${more}, which is not supported; supported: ${supported}`,
    hintFor(ops),
  );
}

const FREEZE =
  'Bring the whole folder of the SavedModel, with the folder variables in it. Or convert it, which ' +
  'brings graph and weights together: pip install ' +
  'tensorflowjs, then tensorflowjs_converter --input_format=tf_saved_model <its folder> <a new ' +
  'folder>; the model.json in the new folder can be read.';

function namedOp(op: string, names: readonly string[]): string {
  const others = names.length === 1 ? '' : ` (${names.length} such nodes)`;
  return `node '${names[0]!}' is a ${op}${others}`;
}

function countOf(missing: ReadonlyMap<string, readonly string[]>, ops: RegExp): number {
  return [...missing].reduce((sum, [op, names]) => sum + (ops.test(op) ? names.length : 0), 0);
}

function hintFor(ops: readonly string[]): string | undefined {
  const some = (pattern: RegExp): boolean => ops.some((op) => pattern.test(op));
  if (some(DETECTS))
    return 'It looks like an object detector; a classifier of whole pictures can be dreamt with.';
  if (some(READS_TEXT))
    return 'It looks like a network for text; only networks that take one picture can be dreamt with.';
  if (some(CALLS)) return 'It calls functions: freeze it with all functions inlined.';
  if (some(LOOPS))
    return 'It has branches or loops: freeze it for inference, with is_training or the learning phase set to 0.';
  return undefined;
}

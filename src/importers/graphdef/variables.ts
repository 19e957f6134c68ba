/**
 * Variables, whose values lie in a checkpoint: what reads one becomes a constant. Which of the
 * checkpoint's keys is whose says the part of the graph that would restore them.
 */
import type { GraphDef, GraphFunctions } from '../containers/graphdef-protobuf.ts';
import { fieldsOf, undamaged } from '../containers/protobuf-fields.ts';
import { CALLS, functionName, innerRef, restores } from './inline.ts';
import { nodeName, sourcesOf } from './links.ts';
import type { TensorflowNode } from './node.ts';

const VARIABLES = new Set(['VarHandleOp', 'VariableV2', 'Variable']);
const ASSIGNS = new Set(['AssignVariableOp', 'Assign']);

export interface WithVariables {
  readonly nodes: readonly TensorflowNode[];
  /** Constant → the key of its values in the checkpoint. */
  readonly keys: ReadonlyMap<string, string>;
}

/**
 * @param graph without calls but those that restore variables.
 * @param stored the checkpoint's keys.
 */
export function withVariables(
  graph: GraphDef,
  functions: GraphFunctions,
  stored: { has(key: string): boolean },
): WithVariables {
  const restored = restoredKeys(graph, functions);
  const keys = new Map<string, string>();
  const keyOf = (variable: TensorflowNode): string | undefined => {
    const named = [variable.attributes['shared_name'], variable.name];
    return [restored.get(variable.name), ...named].find(
      (key): key is string => typeof key === 'string' && stored.has(key),
    );
  };
  const variables = new Map(
    graph.nodes.filter(({ op }) => VARIABLES.has(op)).map((node) => [node.name, node]),
  );
  const nodes = graph.nodes.map((node) => {
    const read = node.op === 'ReadVariableOp' ? nodeName(node.inputs[0] ?? '') : node.name;
    const variable = node.op === 'VarHandleOp' ? undefined : variables.get(read);
    const key = variable && keyOf(variable);
    if (key === undefined) return node;
    keys.set(node.name, key);
    return { ...node, op: 'Const', inputs: [] };
  });
  return { nodes, keys };
}

/** Variable → its key, as far as something in the graph restores it. */
function restoredKeys(graph: GraphDef, functions: GraphFunctions): Map<string, string> {
  const found = new Map(assigned(graph, (input) => input));
  for (const node of graph.nodes) {
    const called = CALLS.has(node.op) ? functions.get(functionName(node))?.() : undefined;
    if (!called || !restores(called)) continue;
    const given = sourcesOf(node);
    for (const [parameter, key] of assigned(called, (input) => innerRef(input, ''))) {
      const variable = given[called.parameters.indexOf(parameter)];
      if (variable !== undefined) found.set(variable, key);
    }
  }
  return found;
}

/** What is assigned a value that is read from a checkpoint, and the key of that value. */
function* assigned(
  { nodes, tensors }: GraphDef,
  refOf: (input: string) => string,
): Generator<[variable: string, key: string]> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const listed = new Map<string, readonly string[]>();
  for (const { op, inputs } of nodes) {
    const [target, value] = inputs.map(refOf);
    if (!ASSIGNS.has(op) || target === undefined || value === undefined) continue;
    let source = value;
    const before = byName.get(nodeName(value));
    if (before?.op === 'Identity') source = refOf(before.inputs[0] ?? '');
    const restore = byName.get(nodeName(source));
    if (restore?.op !== 'RestoreV2') continue;
    const constant = nodeName(refOf(restore.inputs[1] ?? ''));
    const keys = listed.get(constant) ?? textsIn(tensors.get(constant));
    listed.set(constant, keys);
    const key = keys[Number(source.split(':')[1] ?? 0)];
    if (key !== undefined) yield [nodeName(target), key];
  }
}

/** The texts of a TensorProto (string_val, its field 8). */
function textsIn(tensor: Uint8Array = new Uint8Array()): string[] {
  const fields = undamaged(
    () => [...fieldsOf(tensor)],
    () => "the list of the checkpoint's variables is damaged",
  );
  return fields
    .filter(({ field }) => field === 8)
    .map(({ content }) => Buffer.from(content).toString('utf8'));
}

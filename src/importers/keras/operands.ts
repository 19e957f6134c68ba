/**
 * What layers are called with, as the inbound_nodes of a config say it: outputs of other layers,
 * and for the functions that networks may call between layers also numbers.
 */

/** An output of a layer's call: [layer, which of its calls, which of the outputs]. */
export type Source = readonly [layer: string, call: number, output: number];

/** A part of an axis, as Python writes it: `::-1`. Where all axes in between are meant: '...'. */
export interface Slice {
  readonly part: '...' | readonly [start: unknown, stop: unknown, step: unknown];
}

/** Rows of numbers, and rows of those: what `numbers` lists one after another. */
export interface Table {
  readonly numbers: readonly number[];
  readonly shape: readonly number[];
}

export type Operand = Source | number | readonly number[] | Table | Slice;

/** What Keras 2 writes in place of a layer's name where a function's first operand is a number. */
const NUMBER = '_CONSTANT_VALUE';
/** The names of a function's operands; its other options are no operands. */
const OPERANDS = ['x', 'y', 'x1', 'x2', 'a', 'b', 'bias', 'slice_spec', 'query', 'value', 'key'];

/** The operands in a node of a layer, in order: Keras 2 nests arrays, Keras 3 names histories. */
export function operandsIn(value: unknown): Operand[] {
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return operandsInList(value as unknown[]);
  if (typeof value !== 'object' || value === null) return [];
  const { args, kwargs, config } = value as Record<'args' | 'kwargs' | 'config', unknown>;
  if (args !== undefined) return [...operandsIn(args), ...named(kwargs)];
  const slice = sliceIn(value, config);
  if (slice) return [slice];
  const { keras_history: history, value: numbers } = (config ?? {}) as Record<string, unknown>;
  return operandsIn(history ?? numbers);
}

function operandsInList(list: readonly unknown[]): Operand[] {
  const [layer, call, output, options] = list;
  if (typeof layer === 'string' && typeof call === 'number' && typeof output === 'number') {
    const first: Operand = layer === NUMBER ? output : [layer, call, output];
    return [first, ...named(options)];
  }
  const shape = tableShape(list);
  if (!shape) return list.flatMap(operandsIn);
  const numbers = list.flat(shape.length as 1) as number[];
  return shape.at(-1) === numbers.length ? [numbers] : [{ numbers, shape }];
}

/** How long the lists in a list are, if numbers are all that they hold and they are even. */
function tableShape(list: readonly unknown[]): number[] | null {
  const [first] = list;
  if (first === undefined) return null;
  if (!Array.isArray(first)) {
    return list.every((item) => typeof item === 'number') ? [list.length] : null;
  }
  const shapes = list.map((item) => (Array.isArray(item) ? tableShape(item as unknown[]) : null));
  const [inner] = shapes;
  if (!inner || shapes.some((shape) => shape?.join() !== inner.join())) return null;
  return [list.length, ...inner];
}

function named(options: unknown): Operand[] {
  if (typeof options !== 'object' || options === null) return [];
  return OPERANDS.flatMap((name) => operandsIn((options as Record<string, unknown>)[name]));
}

/** What a node of a layer names beside its first operand: the options of that one call. */
export function optionsIn(node: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(node)) {
    return typeof node[0] === 'string' ? record(node[3]) : optionsIn((node as unknown[])[0]);
  }
  return record(record(node)['kwargs']);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Keras 2 writes start, stop and step alone, Keras 3 in an object's config. */
function sliceIn(value: object, config: unknown): Slice | null {
  if ((value as { class_name?: unknown }).class_name === '__ellipsis__') return { part: '...' };
  const range = 'step' in value ? value : config;
  if (typeof range !== 'object' || range === null || !('step' in range)) return null;
  const { start = null, stop = null, step } = range as Record<string, unknown>;
  return { part: [start, stop, step] };
}

export function isSource(operand: Operand): operand is Source {
  return Array.isArray(operand) && typeof operand[0] === 'string';
}

/** The outputs of layers in a piece of config, in order. */
export function sourcesIn(value: unknown): Source[] {
  return operandsIn(value).filter(isSource);
}

/** Nodes that give a tensor another shape and leave its cells in ONNX's order. */
import { arranged, transposedConstant } from './arrange.ts';
import { computed, folded } from './fold.ts';
import type { NodeCall } from './node-call.ts';
import { reshaped } from './reshape.ts';
import { cellsOf, dimsOf, inOrderOf } from './value.ts';
import type { Value } from './value.ts';

/** 0 keeps a size (unless allowzero), −1 is whatever is left. */
export function reshape(call: NodeCall): Value {
  const dims = call.dims(0);
  const written = call.list('shape', 1) ?? [];
  const keeps = call.number('allowzero', 0) === 0;
  const sizes = written.map((size, axis) => (size === 0 && keeps ? (dims[axis] ?? 0) : size));
  const count = cellsOf(dims);
  const open = sizes.indexOf(-1);
  const rest = cellsOf(sizes.filter((size) => size !== -1));
  return inShape(
    call,
    sizes.map((size, axis) => (axis === open ? count / rest : size)),
  );
}

/** [axes before `axis`, the others] */
export function flatten(call: NodeCall): Value {
  const dims = call.dims(0);
  const written = call.number('axis', 1);
  const axis = written === dims.length ? written : call.axis(written, dims.length);
  return inShape(call, [cellsOf(dims.slice(0, axis)), cellsOf(dims.slice(axis))]);
}

/** Drops axes of one cell: those that are named, else all. */
export function squeeze(call: NodeCall): Value {
  const dims = call.dims(0);
  const axes = call.list('axes', 1)?.map((axis) => call.axis(axis, dims.length));
  return inShape(
    call,
    dims.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)),
  );
}

export function unsqueeze(call: NodeCall): Value {
  const dims = [...call.dims(0)];
  const written = call.list('axes', 1) ?? [];
  const rank = dims.length + written.length;
  const axes = written.map((axis) => call.axis(axis, rank));
  const rest = [...dims];
  return inShape(
    call,
    inOrderOf(rank).map((axis) => (axes.includes(axis) ? 1 : (rest.shift() ?? 1))),
  );
}

/** Moves nothing: the tensor only learns which of its axes is which. */
export function transpose(call: NodeCall): Value {
  const x = call.value(0);
  const rank = dimsOf(x).length;
  const order = call.ints('perm', inOrderOf(rank).reverse());
  if (
    [...order].sort((a, b) => a - b).some((axis, index) => axis !== index) ||
    order.length !== rank
  ) {
    throw call.bad(`has perm = [${order.join(', ')}] for an input of ${rank} axes`);
  }
  if (x.kind === 'tensor') {
    const tensor = arranged(call.builder, x, x.order);
    return {
      kind: 'tensor',
      ref: tensor.ref,
      dims: order.map((axis) => tensor.dims[axis]!),
      order: tensor.order.map((axis) => order.indexOf(axis)),
    };
  }
  if (x.kind === 'constant') {
    const name = `${x.name} turned ${order.join('')}`;
    return computed(call, name, transposedConstant(x.constant, order));
  }
  const steps = order.map((axis) => cellsOf(x.dims.slice(axis + 1)));
  const dims = order.map((axis) => x.dims[axis]!);
  return picked(call, x, dims, (place) =>
    place.reduce((sum, at, axis) => sum + at * steps[axis]!, 0),
  );
}

function inShape(call: NodeCall, dims: readonly number[]): Value {
  const x = call.value(0);
  const count = cellsOf(dimsOf(x));
  if (cellsOf(dims) !== count || dims.some((size) => !Number.isInteger(size) || size < 0)) {
    throw call.bad(`makes [${dims.join(', ')}] of [${dimsOf(x).join(', ')}], which do not fit`);
  }
  if (x.kind === 'tensor') return reshaped(call.builder, x, dims, call.output());
  if (x.kind === 'numbers') return { ...x, dims };
  return { ...x, constant: { ...x.constant, shape: dims } };
}

/** A known value whose cells are cells of another: `from` gives the flat index for a place. */
export function picked(
  call: NodeCall,
  x: Exclude<Value, { kind: 'tensor' }>,
  dims: readonly number[],
  from: (place: readonly number[]) => number,
): Value {
  const isWhole = x.kind === 'numbers' && x.whole;
  return folded(call, [x], { dims, whole: isWhole }, ([values]) => {
    const target = new Float64Array(cellsOf(dims));
    const place = dims.map(() => 0);
    for (let index = 0; index < target.length; index++) {
      target[index] = values![from(place)]!;
      for (let axis = dims.length - 1; axis >= 0; axis--) {
        if (++place[axis]! < dims[axis]!) break;
        place[axis] = 0;
      }
    }
    return target;
  });
}

/** Numbers put in places of a known tensor: how exporters write masks that are filled by parts. */
import { folded, isWhole, knownInputs } from './fold.ts';
import type { NodeCall } from './node-call.ts';
import { cellsOf, dimsOf, sameNumbers } from './value.ts';
import type { Value } from './value.ts';

/** data · indices [… , axes] · updates: a part of the data for each row of the indices. */
export function scatter(call: NodeCall): Value {
  const known = knownInputs(call);
  if (!known || known.length !== 3) throw call.unsupported('what is computed from the picture');
  if (call.text('reduction', 'none') !== 'none') throw call.unsupported('a reduction');
  const [data, indices, updates] = known.map(dimsOf) as [number[], number[], number[]];
  const axes = indices.at(-1) ?? NaN;
  const part = data.slice(axes);
  if (!(axes <= data.length) || !sameNumbers(updates, [...indices.slice(0, -1), ...part])) {
    const found = [data, indices, updates].map((dims) => `[${dims.join(', ')}]`).join(', ');
    throw call.bad(`puts values in places, of ${found}, which do not fit`);
  }
  const starts = startsOf(call, data, axes);
  const run = cellsOf(part);
  const whole = isWhole(known[0]!);
  return folded(call, [known[0]!, known[2]!], { dims: data, whole }, ([values, put]) => {
    const target = Float64Array.from(values!);
    starts.forEach((start, row) => {
      for (let cell = 0; cell < run; cell++) target[start + cell] = put![row * run + cell]!;
    });
    return target;
  });
}

/** Where in the data each row of the indices points. */
function startsOf(call: NodeCall, data: readonly number[], axes: number): number[] {
  const list = call.numbers(1);
  const steps = data.map((_, axis) => cellsOf(data.slice(axis + 1)));
  return Array.from({ length: list.length / axes }, (_, row) => {
    let start = 0;
    for (let axis = 0; axis < axes; axis++) {
      const written = list[row * axes + axis]!;
      const at = written < 0 ? written + data[axis]! : written;
      if (!(Number.isInteger(at) && at >= 0 && at < data[axis]!)) {
        throw call.bad(`puts a value in place ${written} of ${data[axis]!}`);
      }
      start += at * steps[axis]!;
    }
    return start;
  });
}

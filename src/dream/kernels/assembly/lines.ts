/** Weighted sums of neighbours, along rows and along columns. */

/**
 * target[k] ← target[k] + Σ weights[t] · source[k + t · stride]: with a stride of 1 along a row, with
 * that of a row's length over rows.
 */
export function combine(
  source: usize,
  stride: i32,
  count: i32,
  weights: usize,
  taps: i32,
  target: usize,
): void {
  const width = stride << 2;
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    let sum = v128.load(target);
    for (let tap = 0; tap < taps; tap++) {
      const weight = v128.load32_splat(weights + (tap << 2));
      sum = f32x4.add(sum, f32x4.mul(weight, v128.load(source + tap * width)));
    }
    v128.store(target, sum);
    source += 16;
    target += 16;
  }
  for (; cell < count; cell++) {
    let sum = f32.load(target);
    for (let tap = 0; tap < taps; tap++) {
      const weight = f32.load(weights + (tap << 2));
      sum += weight * f32.load(source + tap * width);
    }
    f32.store(target, sum);
    source += 4;
    target += 4;
  }
}

/**
 * target[k] ← Σ weights[k][t] · row[starts[k] + t], for each of `rows` rows.
 *
 * @param source rows · columns floats, and three more that are numbers
 * @param starts int32 for each of `count` cells
 * @param weights `taps` floats for each cell; `taps` is a multiple of 4
 */
export function gather(
  source: usize,
  rows: i32,
  columns: i32,
  starts: usize,
  weights: usize,
  taps: i32,
  count: i32,
  target: usize,
): void {
  const width = columns << 2;
  for (let row = 0; row < rows; row++) {
    let weight = weights;
    for (let cell = 0; cell < count; cell++) {
      const from = source + (i32.load(starts + (cell << 2)) << 2);
      let sum = f32x4.splat(0);
      for (let tap = 0; tap < taps; tap += 4) {
        const values = v128.load(from + (tap << 2));
        sum = f32x4.add(sum, f32x4.mul(v128.load(weight), values));
        weight += 16;
      }
      const pairs = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
      f32.store(target, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
      target += 4;
    }
    source += width;
  }
}

/**
 * Each row's cells `by` cells ahead; the last come first.
 *
 * @param by 0 … columns
 * @param line room for `columns` floats
 */
export function rotateRows(values: usize, rows: i32, columns: i32, by: i32, line: usize): void {
  const ahead = by << 2;
  const rest = (columns - by) << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(line, values + rest, ahead);
    memory.copy(line + ahead, values, rest);
    memory.copy(values, line, ahead + rest);
    values += ahead + rest;
  }
}

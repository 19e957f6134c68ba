/** Cell by cell over `count` floats. */

/** values ← factor · values */
export function scale(values: usize, count: i32, factor: f32): void {
  const factors = f32x4.splat(factor);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    v128.store(values, f32x4.mul(factors, v128.load(values)));
    values += 16;
  }
  for (; cell < count; cell++) {
    f32.store(values, factor * f32.load(values));
    values += 4;
  }
}

/** Σ value, added up in float64. */
export function sum(values: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const four = v128.load(values);
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, upper(four));
    values += 16;
  }
  let total = together(low, high);
  for (; cell < count; cell++) {
    total += f32.load(values) as f64;
    values += 4;
  }
  return total;
}

/** Σ |value|, added up in float64. */
export function sumOfAbsolutes(values: usize, count: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const four = f32x4.abs(v128.load(values));
    low = f64x2.add(low, f64x2.promote_low_f32x4(four));
    high = f64x2.add(high, upper(four));
    values += 16;
  }
  let total = together(low, high);
  for (; cell < count; cell++) {
    total += abs(f32.load(values)) as f64;
    values += 4;
  }
  return total;
}

/** Σ (value − centre)², computed and added up in float64. */
export function sumOfSquares(values: usize, count: i32, centre: f64): f64 {
  const centres = f64x2.splat(centre);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const four = v128.load(values);
    const first = f64x2.sub(f64x2.promote_low_f32x4(four), centres);
    const last = f64x2.sub(upper(four), centres);
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(last, last));
    values += 16;
  }
  let total = together(low, high);
  for (; cell < count; cell++) {
    const value = (f32.load(values) as f64) - centre;
    total += value * value;
    values += 4;
  }
  return total;
}

/** values ← factor · (values − centre) */
export function standardise(values: usize, count: i32, centre: f32, factor: f32): void {
  const centres = f32x4.splat(centre);
  const factors = f32x4.splat(factor);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    v128.store(values, f32x4.mul(factors, f32x4.sub(v128.load(values), centres)));
    values += 16;
  }
  for (; cell < count; cell++) {
    f32.store(values, factor * (f32.load(values) - centre));
    values += 4;
  }
}

/** values ← values / √(1 + (values · inverse)²), with `inverse` one over the most. */
export function limit(values: usize, count: i32, inverse: f32): void {
  const inverses = f32x4.splat(inverse);
  const one = f32x4.splat(1);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const four = v128.load(values);
    const share = f32x4.mul(four, inverses);
    const root = f32x4.sqrt(f32x4.add(one, f32x4.mul(share, share)));
    v128.store(values, f32x4.div(four, root));
    values += 16;
  }
  for (; cell < count; cell++) {
    const value = f32.load(values);
    const share = value * inverse;
    f32.store(values, value / sqrt<f32>(1 + share * share));
    values += 4;
  }
}

/** values ← values + factor · others, within `low` … `high` */
export function addWithin(
  values: usize,
  others: usize,
  count: i32,
  factor: f32,
  low: f32,
  high: f32,
): void {
  const factors = f32x4.splat(factor);
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const moved = f32x4.add(v128.load(values), f32x4.mul(factors, v128.load(others)));
    v128.store(values, f32x4.min(f32x4.max(moved, lows), highs));
    values += 16;
    others += 16;
  }
  for (; cell < count; cell++) {
    const moved = f32.load(values) + factor * f32.load(others);
    f32.store(values, min<f32>(max<f32>(moved, low), high));
    values += 4;
    others += 4;
  }
}

/** values ← values within `low` … `high` */
export function clip(values: usize, count: i32, low: f32, high: f32): void {
  const lows = f32x4.splat(low);
  const highs = f32x4.splat(high);
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    v128.store(values, f32x4.min(f32x4.max(v128.load(values), lows), highs));
    values += 16;
  }
  for (; cell < count; cell++) {
    f32.store(values, min<f32>(max<f32>(f32.load(values), low), high));
    values += 4;
  }
}

/** (red, green, blue) ← matrix · (red, green, blue), the matrix row by row: 9 floats. */
export function mixColours(red: usize, green: usize, blue: usize, count: i32, matrix: usize): void {
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    const r = v128.load(red);
    const g = v128.load(green);
    const b = v128.load(blue);
    v128.store(red, weighted(r, g, b, matrix));
    v128.store(green, weighted(r, g, b, matrix + 12));
    v128.store(blue, weighted(r, g, b, matrix + 24));
    red += 16;
    green += 16;
    blue += 16;
  }
  for (; cell < count; cell++) {
    const r = f32.load(red);
    const g = f32.load(green);
    const b = f32.load(blue);
    f32.store(red, weightedCell(r, g, b, matrix));
    f32.store(green, weightedCell(r, g, b, matrix + 12));
    f32.store(blue, weightedCell(r, g, b, matrix + 24));
    red += 4;
    green += 4;
    blue += 4;
  }
}

function weighted(r: v128, g: v128, b: v128, weights: usize): v128 {
  return f32x4.add(
    f32x4.add(
      f32x4.mul(v128.load32_splat(weights), r),
      f32x4.mul(v128.load32_splat(weights, 4), g),
    ),
    f32x4.mul(v128.load32_splat(weights, 8), b),
  );
}

function weightedCell(r: f32, g: f32, b: f32, weights: usize): f32 {
  return f32.load(weights) * r + f32.load(weights, 4) * g + f32.load(weights, 8) * b;
}

/** The last two of four, as float64. */
function upper(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(four, four, 2, 3, 2, 3));
}

function together(low: v128, high: v128): f64 {
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

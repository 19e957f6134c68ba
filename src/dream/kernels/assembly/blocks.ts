/** A picture's cells in blocks of 8 × 8. */

/**
 * energies[block] ← energies[block] + Σ value² over the block's columns in each of `rows` rows.
 *
 * @param energies one float for each 8 columns (rounded up)
 */
export function addEnergies(values: usize, rows: i32, columns: i32, energies: usize): void {
  for (let row = 0; row < rows; row++) {
    let energy = energies;
    let column = 0;
    for (; column + 8 <= columns; column += 8) {
      const low = v128.load(values);
      const high = v128.load(values, 16);
      const squares = f32x4.add(f32x4.mul(low, low), f32x4.mul(high, high));
      const pairs = f32x4.add(squares, v128.shuffle<f32>(squares, squares, 2, 3, 0, 1));
      const sum = f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
      f32.store(energy, f32.load(energy) + sum);
      values += 32;
      energy += 4;
    }
    for (; column < columns; column++) {
      const value = f32.load(values);
      f32.store(energy, f32.load(energy) + value * value);
      values += 4;
    }
  }
}

/**
 * One row's factors, each cell's interpolated between the middles of the two blocks beside it.
 *
 * @param above, below factors of the blocks in the row of blocks above and below
 * @param share how far the row is on the way from one to the other
 * @param line room for blocks + 1 floats
 * @param factors columns floats, rounded up to 4
 */
export function interpolate(
  above: usize,
  below: usize,
  share: f32,
  blocks: i32,
  line: usize,
  columns: i32,
  factors: usize,
): void {
  for (let block = 0; block < blocks; block++) {
    const at = block << 2;
    const top = f32.load(above + at);
    f32.store(line + at, top + share * (f32.load(below + at) - top));
  }
  const last = line + ((blocks - 1) << 2);
  f32.store(last, f32.load(last), 4);
  // Four cells in a row lie between the same two blocks: the second half of one, the first of the next.
  const early = f32x4(0.0625, 0.1875, 0.3125, 0.4375);
  const late = f32x4(0.5625, 0.6875, 0.8125, 0.9375);
  for (let column = 0; column < columns; column += 4) {
    const next = column & 4 ? 1 : 0;
    const left = line + (max((column >> 3) - 1 + next, 0) << 2);
    const value = f32.load(left);
    const step: f32 = column < 4 ? 0 : f32.load(left, 4) - value;
    const shares = next ? early : late;
    v128.store(factors, f32x4.add(f32x4.splat(value), f32x4.mul(shares, f32x4.splat(step))));
    factors += 16;
  }
}

/** values ← values · factors */
export function multiply(values: usize, factors: usize, count: i32): void {
  let cell = 0;
  for (; cell + 4 <= count; cell += 4) {
    v128.store(values, f32x4.mul(v128.load(values), v128.load(factors)));
    values += 16;
    factors += 16;
  }
  for (; cell < count; cell++) {
    f32.store(values, f32.load(values) * f32.load(factors));
    values += 4;
    factors += 4;
  }
}

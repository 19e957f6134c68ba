/** The two directions of a Laplacian pyramid, for strips of one plane's rows. */

/**
 * Rows `from` … `to` of a plane with half the rows and columns (rounded up), smoothed by
 * [1 4 6 4 1] / 16 both ways; the outermost cell is repeated at the borders.
 *
 * @param source rows of the plane from `first` on
 * @param rows of the whole plane
 * @param line room for columns + 4 floats
 * @param target (to − from) · ⌈columns / 2⌉ floats
 */
export function halve(
  source: usize,
  first: i32,
  rows: i32,
  columns: i32,
  from: i32,
  to: i32,
  line: usize,
  target: usize,
): void {
  const width = columns << 2;
  const half = (columns + 1) >> 1;
  for (let row = from; row < to; row++) {
    const here = 2 * row;
    smoothRows(
      source + (max(here - 2, 0) - first) * width,
      source + (max(here - 1, 0) - first) * width,
      source + (here - first) * width,
      source + (min(here + 1, rows - 1) - first) * width,
      source + (min(here + 2, rows - 1) - first) * width,
      width,
      line + 8,
    );
    const left = f32.load(line, 8);
    const right = f32.load(line + width, 4);
    f32.store(line, left);
    f32.store(line, left, 4);
    f32.store(line + width, right, 8);
    f32.store(line + width, right, 12);
    everySecond(line, half, target + (((row - from) * half) << 2));
  }
}

/** target ← a + 4 b + 6 c + 4 d + e */
function smoothRows(
  a: usize,
  b: usize,
  c: usize,
  d: usize,
  e: usize,
  width: i32,
  target: usize,
): void {
  const four = f32x4.splat(4);
  const six = f32x4.splat(6);
  let at = 0;
  for (; at + 16 <= width; at += 16) {
    const outer = f32x4.add(v128.load(a + at), v128.load(e + at));
    const inner = f32x4.add(v128.load(b + at), v128.load(d + at));
    const sum = f32x4.add(outer, f32x4.mul(four, inner));
    v128.store(target + at, f32x4.add(sum, f32x4.mul(six, v128.load(c + at))));
  }
  for (; at < width; at += 4) {
    const outer = f32.load(a + at) + f32.load(e + at);
    const inner = f32.load(b + at) + f32.load(d + at);
    f32.store(target + at, outer + 4 * inner + 6 * f32.load(c + at));
  }
}

/** target[k] ← (1 4 6 4 1) · line[2k … 2k + 4] / 256 */
function everySecond(line: usize, count: i32, target: usize): void {
  const four = f32x4.splat(4);
  const six = f32x4.splat(6);
  const share = f32x4.splat(1.0 / 256);
  let cell = 0;
  // Four cells read up to line[2k + 11]: two cells more than they use.
  for (; cell + 5 <= count; cell += 4) {
    const first = v128.load(line);
    const second = v128.load(line, 16);
    const third = v128.load(line, 32);
    const evens = v128.shuffle<f32>(first, second, 0, 2, 4, 6);
    const odds = v128.shuffle<f32>(first, second, 1, 3, 5, 7);
    const nextEvens = v128.shuffle<f32>(second, third, 0, 2, 4, 6);
    const nextOdds = v128.shuffle<f32>(second, third, 1, 3, 5, 7);
    const middles = v128.shuffle<f32>(evens, nextEvens, 1, 2, 3, 6);
    const afters = v128.shuffle<f32>(odds, nextOdds, 1, 2, 3, 6);
    const lasts = v128.shuffle<f32>(middles, nextEvens, 1, 2, 3, 7);
    const sum = f32x4.add(
      f32x4.add(f32x4.add(evens, lasts), f32x4.mul(four, f32x4.add(odds, afters))),
      f32x4.mul(six, middles),
    );
    v128.store(target, f32x4.mul(sum, share));
    line += 32;
    target += 16;
  }
  for (; cell < count; cell++) {
    const outer = f32.load(line) + f32.load(line, 16);
    const inner = f32.load(line, 4) + f32.load(line, 12);
    f32.store(target, (outer + 4 * inner + 6 * f32.load(line, 8)) * (1.0 / 256));
    line += 8;
    target += 4;
  }
}

/**
 * target ← keep · target + factor · grown, for rows `from` … `to` of a plane: `grown` is the coarse
 * plane with zeros in between, smoothed by the same kernel and multiplied by 4.
 *
 * @param coarse rows of the coarse plane from `first` on
 * @param coarseRows of the whole coarse plane
 * @param line room for coarseColumns + 2 floats
 * @param target (to − from) · columns floats
 */
export function addGrown(
  coarse: usize,
  first: i32,
  coarseRows: i32,
  coarseColumns: i32,
  from: i32,
  to: i32,
  columns: i32,
  line: usize,
  target: usize,
  keep: f32,
  factor: f32,
): void {
  const width = coarseColumns << 2;
  for (let row = from; row < to; row++) {
    const centre = row >> 1;
    const here = coarse + (centre - first) * width;
    const after = coarse + (min(centre + 1, coarseRows - 1) - first) * width;
    // An even row takes 1 6 1 (/ 8) of three, an odd one the mean of two.
    if (row & 1) mixRows(here, here, after, width, 0, factor / 2, line + 4);
    else {
      const before = coarse + (max(centre - 1, 0) - first) * width;
      mixRows(here, before, after, width, (6 * factor) / 8, factor / 8, line + 4);
    }
    f32.store(line, f32.load(line, 4));
    f32.store(line + width, f32.load(line + width), 4);
    addLine(line, columns, target + (((row - from) * columns) << 2), keep);
  }
}

/** target ← middle · here + outer · (before + after) */
function mixRows(
  here: usize,
  before: usize,
  after: usize,
  width: i32,
  middle: f32,
  outer: f32,
  target: usize,
): void {
  const middles = f32x4.splat(middle);
  const outers = f32x4.splat(outer);
  let at = 0;
  for (; at + 16 <= width; at += 16) {
    const sum = f32x4.add(v128.load(before + at), v128.load(after + at));
    const product = f32x4.mul(middles, v128.load(here + at));
    v128.store(target + at, f32x4.add(f32x4.mul(outers, sum), product));
  }
  for (; at < width; at += 4) {
    const sum = f32.load(before + at) + f32.load(after + at);
    f32.store(target + at, outer * sum + middle * f32.load(here + at));
  }
}

/** One row: even cells take 1 6 1 (/ 8) of the line, odd ones the mean of two. */
function addLine(line: usize, columns: i32, target: usize, keep: f32): void {
  const kept = f32x4.splat(keep);
  const eighth = f32x4.splat(0.125);
  const most = f32x4.splat(0.75);
  const half = f32x4.splat(0.5);
  let column = 0;
  for (; column + 8 <= columns; column += 8) {
    const before = v128.load(line);
    const here = v128.load(line, 4);
    const after = v128.load(line, 8);
    const evens = f32x4.add(f32x4.mul(eighth, f32x4.add(before, after)), f32x4.mul(most, here));
    const odds = f32x4.mul(half, f32x4.add(here, after));
    const low = v128.shuffle<f32>(evens, odds, 0, 4, 1, 5);
    const high = v128.shuffle<f32>(evens, odds, 2, 6, 3, 7);
    v128.store(target, f32x4.add(f32x4.mul(kept, v128.load(target)), low));
    v128.store(target, f32x4.add(f32x4.mul(kept, v128.load(target, 16)), high), 16);
    line += 16;
    target += 32;
  }
  for (; column < columns; column++) {
    const here = f32.load(line, 4);
    const after = f32.load(line, 8);
    const grown: f32 =
      column & 1 ? 0.5 * (here + after) : 0.125 * (f32.load(line) + after) + 0.75 * here;
    f32.store(target, keep * f32.load(target) + grown);
    if (column & 1) line += 4;
    target += 4;
  }
}

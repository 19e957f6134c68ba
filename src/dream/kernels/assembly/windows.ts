/**
 * What is seen of a picture through a window, and the way back. The picture's pixels are four floats
 * each (red, green, blue, nothing), so that a pixel is one vector.
 *
 * `look` are float64s:
 *   0 rows, 1 columns of the picture, 2 the row that its pixels here begin with,
 *   3 rows, 4 columns of cells that the window has,
 *   5 row, 6 column of its middle, 7 height, 8 width, 9 cosine, 10 sine of its angle,
 *   11 samples of a cell down, 12 across.
 */

/** The four pixels around a sample, in bytes from the first. */
let topLeft = 0;
let topRight = 0;
let bottomLeft = 0;
let bottomRight = 0;
/** Their weights. */
let topLeftWeight: f32 = 0;
let topRightWeight: f32 = 0;
let bottomLeftWeight: f32 = 0;
let bottomRightWeight: f32 = 0;

/** Of the picture: how many rows, of how many columns, and the row that the pixels begin with. */
let rows = 0;
let columns = 0;
let first = 0;
/** Of the window: its cells in a row, its samples down and across a cell. */
let cells = 0;
let down = 0;
let across = 0;
/** The weight of a sample. */
let share: f64 = 0;
/** Where the first sample of a row of samples lies in the picture, and how far it is to the next. */
let startDown: f64 = 0;
let startRight: f64 = 0;
let stepDown: f64 = 0;
let stepRight: f64 = 0;

/**
 * The cells' rows `from` … `to`: each the mean of evenly spread bilinear samples. Beyond its borders
 * the picture is mirrored.
 *
 * @param target (to − from) · columns cells of four floats, all 0
 */
export function look(look: usize, pixels: usize, from: i32, to: i32, target: usize): void {
  read(look);
  for (let row = from; row < to; row++) {
    for (let y = 0; y < down; y++) {
      begin(look, row * down + y);
      let cell = target;
      let sample = 0;
      for (let column = 0; column < cells; column++) {
        let sum = v128.load(cell);
        for (let x = 0; x < across; x++) {
          locate(sample++);
          const left = f32x4.mul(f32x4.splat(topLeftWeight), v128.load(pixels + topLeft));
          const right = f32x4.mul(f32x4.splat(topRightWeight), v128.load(pixels + topRight));
          const low = f32x4.mul(f32x4.splat(bottomLeftWeight), v128.load(pixels + bottomLeft));
          const far = f32x4.mul(f32x4.splat(bottomRightWeight), v128.load(pixels + bottomRight));
          sum = f32x4.add(sum, f32x4.add(f32x4.add(left, right), f32x4.add(low, far)));
        }
        v128.store(cell, sum);
        cell += 16;
      }
    }
    target += cells << 4;
  }
}

/** pixels ← pixels + Aᵀ · seen, where A is what `look` does; `seen` are cells of four floats. */
export function lookBack(look: usize, seen: usize, from: i32, to: i32, pixels: usize): void {
  read(look);
  for (let row = from; row < to; row++) {
    for (let y = 0; y < down; y++) {
      begin(look, row * down + y);
      let cell = seen;
      let sample = 0;
      for (let column = 0; column < cells; column++) {
        const value = v128.load(cell);
        for (let x = 0; x < across; x++) {
          locate(sample++);
          addPixel(pixels + topLeft, topLeftWeight, value);
          addPixel(pixels + topRight, topRightWeight, value);
          addPixel(pixels + bottomLeft, bottomLeftWeight, value);
          addPixel(pixels + bottomRight, bottomRightWeight, value);
        }
        cell += 16;
      }
    }
    seen += cells << 4;
  }
}

function addPixel(pixel: usize, weight: f32, cell: v128): void {
  v128.store(pixel, f32x4.add(v128.load(pixel), f32x4.mul(f32x4.splat(weight), cell)));
}

function read(look: usize): void {
  rows = f64.load(look) as i32;
  columns = f64.load(look, 8) as i32;
  first = f64.load(look, 16) as i32;
  cells = f64.load(look, 32) as i32;
  down = f64.load(look, 88) as i32;
  across = f64.load(look, 96) as i32;
  share = 1 / (f64.load(look, 88) * f64.load(look, 96));
}

/** A row of samples. */
function begin(look: usize, row: i32): void {
  const high = f64.load(look, 56);
  const wide = f64.load(look, 64);
  const cosine = f64.load(look, 72);
  const sine = f64.load(look, 80);
  const step = wide / (f64.load(look, 32) * f64.load(look, 96));
  const v = ((row as f64) + 0.5) * (high / (f64.load(look, 24) * f64.load(look, 88))) - high / 2;
  const u = step / 2 - wide / 2;
  startDown = f64.load(look, 40) - 0.5 + cosine * v + sine * u;
  startRight = f64.load(look, 48) - 0.5 - sine * v + cosine * u;
  stepDown = sine * step;
  stepRight = cosine * step;
}

/** The pixels around a sample of the row, and their weights. */
function locate(sample: i32): void {
  const below = startDown + stepDown * sample;
  const right = startRight + stepRight * sample;
  const above = floor(below);
  const left = floor(right);
  const low = (below - above) * share;
  const far = right - left;
  const top = (mirrored(above as i32, rows) - first) * columns;
  const bottom = (mirrored((above as i32) + 1, rows) - first) * columns;
  const near = mirrored(left as i32, columns);
  const next = mirrored((left as i32) + 1, columns);
  topLeft = (top + near) << 4;
  topRight = (top + next) << 4;
  bottomLeft = (bottom + near) << 4;
  bottomRight = (bottom + next) << 4;
  topLeftWeight = ((share - low) * (1 - far)) as f32;
  topRightWeight = ((share - low) * far) as f32;
  bottomLeftWeight = (low * (1 - far)) as f32;
  bottomRightWeight = (low * far) as f32;
}

/** … 1 0 | 0 1 2 | 2 1 … */
function mirrored(index: i32, length: i32): i32 {
  if (index >= 0 && index < length) return index;
  const period = 2 * length;
  const folded = ((index % period) + period) % period;
  return folded < length ? folded : period - 1 - folded;
}

/** pixels[k] ← (red[k], green[k], blue[k], 0) · factor */
export function interleave(
  red: usize,
  green: usize,
  blue: usize,
  count: i32,
  factor: f32,
  pixels: usize,
): void {
  for (let pixel = 0; pixel < count; pixel++) {
    f32.store(pixels, factor * f32.load(red));
    f32.store(pixels, factor * f32.load(green), 4);
    f32.store(pixels, factor * f32.load(blue), 8);
    f32.store(pixels, 0, 12);
    red += 4;
    green += 4;
    blue += 4;
    pixels += 16;
  }
}

/** The way back. */
export function separate(pixels: usize, count: i32, red: usize, green: usize, blue: usize): void {
  for (let pixel = 0; pixel < count; pixel++) {
    f32.store(red, f32.load(pixels));
    f32.store(green, f32.load(pixels, 4));
    f32.store(blue, f32.load(pixels, 8));
    red += 4;
    green += 4;
    blue += 4;
    pixels += 16;
  }
}

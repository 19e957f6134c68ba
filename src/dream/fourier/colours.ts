/** Red, green and blue from three numbers that natural pictures hold apart. */
import { COVARIANCE_ROOT } from '../gradient/colour.ts';

type Row = readonly [number, number, number];
export type Matrix = readonly [Row, Row, Row];

/** [channel, number]: the covariance's root, its longest column brought to length 1. */
export const MIXING: Matrix = (() => {
  const columns = [0, 1, 2].map((column) =>
    Math.hypot(...COVARIANCE_ROOT.map((row) => row[column]!)),
  );
  const longest = Math.max(...columns);
  return COVARIANCE_ROOT.map((row) => row.map((value) => value / longest)) as unknown as Matrix;
})();

export const UNMIXING: Matrix = inverse(MIXING);

/** planes ← matrix · planes, or its transpose, at each cell, in place; [3, cells]. */
export function multiplyColours(planes: Float32Array, matrix: Matrix, transposed = false): void {
  const cells = planes.length / 3;
  const m = transposed ? transpose(matrix) : matrix;
  for (let cell = 0; cell < cells; cell++) {
    const first = planes[cell]!;
    const second = planes[cell + cells]!;
    const third = planes[cell + 2 * cells]!;
    planes[cell] = m[0][0] * first + m[0][1] * second + m[0][2] * third;
    planes[cell + cells] = m[1][0] * first + m[1][1] * second + m[1][2] * third;
    planes[cell + 2 * cells] = m[2][0] * first + m[2][1] * second + m[2][2] * third;
  }
}

function transpose([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

/** By cross products of the rows. */
function inverse([a, b, c]: Matrix): Matrix {
  const [first, second, third] = [cross(b, c), cross(c, a), cross(a, b)];
  const determinant = a[0] * first[0] + a[1] * first[1] + a[2] * first[2];
  const scaled = (row: Row): Row => [
    row[0] / determinant,
    row[1] / determinant,
    row[2] / determinant,
  ];
  return transpose([scaled(first), scaled(second), scaled(third)]);
}

function cross(u: Row, v: Row): Row {
  return [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
}

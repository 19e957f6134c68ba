/** Symmetric positive definite matrices, row by row in [size × size]. */

/** The lower triangle L with L·Lᵀ = matrix. */
export interface Factor {
  readonly lower: Float64Array;
  readonly size: number;
}

export function cholesky(matrix: Float64Array, size: number): Factor {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let inner = 0; inner < column; inner++) {
        sum -= lower[row * size + inner]! * lower[column * size + inner]!;
      }
      lower[row * size + column] =
        row === column ? Math.sqrt(sum) : sum / lower[column * size + column]!;
    }
  }
  return { lower, size };
}

/** x with matrix · x = right. */
export function solve({ lower, size }: Factor, right: Float64Array): Float64Array<ArrayBuffer> {
  const x = new Float64Array(right);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < row; inner++) x[row]! -= lower[row * size + inner]! * x[inner]!;
    x[row]! /= lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let inner = row + 1; inner < size; inner++) {
      x[row]! -= lower[inner * size + row]! * x[inner]!;
    }
    x[row]! /= lower[row * size + row]!;
  }
  return x;
}

export function diagonalOfInverse(factor: Factor): Float64Array<ArrayBuffer> {
  const { size } = factor;
  const diagonal = new Float64Array(size);
  for (let row = 0; row < size; row++) {
    const unit = new Float64Array(size);
    unit[row] = 1;
    diagonal[row] = solve(factor, unit)[row]!;
  }
  return diagonal;
}

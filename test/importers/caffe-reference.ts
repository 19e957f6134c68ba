/** What Caffe computes, in plain loops over [channels, rows, columns]: slow, and easy to check. */
export interface Planes {
  readonly shape: readonly [channels: number, rows: number, columns: number];
  readonly data: Float32Array;
}

interface Sliding {
  readonly size: readonly [number, number];
  readonly stride?: number;
  readonly pad?: number;
}

function at(
  { shape: [channels, rows, columns], data }: Planes,
  channel: number,
  row: number,
  column: number,
): number {
  const inside =
    channel >= 0 && channel < channels && row >= 0 && row < rows && column >= 0 && column < columns;
  return inside ? data[(channel * rows + row) * columns + column]! : 0;
}

function made(
  shape: Planes['shape'],
  value: (channel: number, row: number, column: number) => number,
): Planes {
  const [channels, rows, columns] = shape;
  const data = new Float32Array(channels * rows * columns);
  for (let channel = 0, index = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, index++)
        data[index] = value(channel, row, column);
    }
  }
  return { shape, data };
}

/** filter [outputs, channels / group, rows, columns] */
export function convolved(
  x: Planes,
  { dims, values }: { dims: readonly number[]; values: ArrayLike<number> },
  bias: ArrayLike<number>,
  { stride = 1, pad = 0, group = 1, dilation = 1 },
): Planes {
  const [outputs, channels, height, width] = dims as [number, number, number, number];
  const length = (cells: number, size: number): number =>
    Math.floor((cells + 2 * pad - dilation * (size - 1) - 1) / stride) + 1;
  const shape = [outputs, length(x.shape[1], height), length(x.shape[2], width)] as const;
  return made(shape, (output, row, column) => {
    const first = Math.floor(output / (outputs / group)) * channels;
    let sum = bias[output] ?? 0;
    for (let channel = 0; channel < channels; channel++) {
      for (let down = 0; down < height; down++) {
        for (let across = 0; across < width; across++) {
          const weight = values[((output * channels + channel) * height + down) * width + across]!;
          const [r, c] = [
            row * stride - pad + down * dilation,
            column * stride - pad + across * dilation,
          ];
          sum += weight * at(x, first + channel, r, c);
        }
      }
    }
    return sum;
  });
}

/** Caffe's pooling_layer.cpp: sizes round up, a last window may not begin in the padding. */
export function pooled(
  x: Planes,
  kind: 'max' | 'mean',
  { size, stride = 1, pad = 0 }: Sliding,
): Planes {
  const [channels, ...lengths] = x.shape;
  const [rows, columns] = lengths.map((length, axis) => {
    const windows = Math.ceil((length + 2 * pad - size[axis]!) / stride) + 1;
    return pad > 0 && (windows - 1) * stride >= length + pad ? windows - 1 : windows;
  }) as [number, number];
  return made([channels, rows, columns], (channel, row, column) => {
    const [top, left] = [row * stride - pad, column * stride - pad];
    const bottom = Math.min(top + size[0], x.shape[1] + pad);
    const right = Math.min(left + size[1], x.shape[2] + pad);
    const area = (bottom - top) * (right - left);
    let [sum, most] = [0, -Infinity];
    for (let r = Math.max(top, 0); r < Math.min(bottom, x.shape[1]); r++) {
      for (let c = Math.max(left, 0); c < Math.min(right, x.shape[2]); c++) {
        sum += at(x, channel, r, c);
        most = Math.max(most, at(x, channel, r, c));
      }
    }
    return kind === 'max' ? most : sum / area;
  });
}

export function normalised(x: Planes, { size = 5, alpha = 1, beta = 0.75, k = 1 }): Planes {
  return made(x.shape, (channel, row, column) => {
    let squares = 0;
    for (let other = channel - (size - 1) / 2; other <= channel + (size - 1) / 2; other++) {
      squares += at(x, other, row, column) ** 2;
    }
    return at(x, channel, row, column) / (k + (alpha / size) * squares) ** beta;
  });
}

export function mapped(x: Planes, change: (value: number, channel: number) => number): Planes {
  return made(x.shape, (channel, row, column) => change(at(x, channel, row, column), channel));
}

/** weights [outputs, inputs] */
export function dense(
  x: ArrayLike<number>,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
): number[] {
  return Array.from(bias, (start, output) => {
    let sum = start;
    for (let input = 0; input < x.length; input++)
      sum += weights[output * x.length + input]! * x[input]!;
    return sum;
  });
}

export function shares(scores: readonly number[]): number[] {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
}

const DECAY = 0.9;
const SQUARE_DECAY = 0.999;
const EPSILON = 1e-8;

/** Adam (Kingma and Ba 2015), uphill. */
export class Adam {
  readonly #mean: Float32Array;
  readonly #square: Float32Array;
  #steps = 0;

  constructor(
    size: number,
    private readonly learningRate: number,
  ) {
    this.#mean = new Float32Array(size);
    this.#square = new Float32Array(size);
  }

  /** values += a step along `gradient`. */
  ascend(values: Float32Array, gradient: Float32Array): void {
    this.#steps++;
    const meanShare = 1 - DECAY ** this.#steps;
    const squareShare = 1 - SQUARE_DECAY ** this.#steps;
    for (let index = 0; index < values.length; index++) {
      const slope = gradient[index]!;
      const mean = (this.#mean[index] = DECAY * this.#mean[index]! + (1 - DECAY) * slope);
      const square = (this.#square[index] =
        SQUARE_DECAY * this.#square[index]! + (1 - SQUARE_DECAY) * slope * slope);
      values[index]! +=
        (this.learningRate * (mean / meanShare)) / (Math.sqrt(square / squareShare) + EPSILON);
    }
  }
}

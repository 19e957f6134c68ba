/** fft.js has no types of its own: the part of it that spectrum.ts uses. */
declare module 'fft.js' {
  /** Of complex arrays: real and imaginary parts take turns. */
  export default class FFT {
    /** @param size a power of two, at least 2 */
    constructor(size: number);
    /** Σ data · e^(−2πi…) */
    transform(out: Float64Array, data: Float64Array): void;
    /** Σ data · e^(+2πi…) / size */
    inverseTransform(out: Float64Array, data: Float64Array): void;
  }
}

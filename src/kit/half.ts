/** IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. */

export type Precision = 'float' | 'half';

/** The largest number that is still one. */
export const LARGEST: Readonly<Record<Precision, number>> = { float: 3.4028234e38, half: 65_504 };

export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest half of each value; of two that are as near, the even one. */
export function toHalves(values: Float32Array): Uint16Array {
  const floats = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(
    floats,
    (bits) => ((bits >>> 16) & 0x8000) | magnitude(bits & 0x7fffffff),
  );
}

/** @param bits of a float without its sign */
function magnitude(bits: number): number {
  if (bits > 0x7f800000) return 0x7e00; // not a number
  if (bits >= 0x47800000) return 0x7c00; // 2¹⁶ and more
  const exponent = bits >>> 23;
  // From 2⁻¹⁴ on the exponent moves by 112, and 13 bits of the fraction fall away.
  if (exponent >= 113) return roundedShift(bits - (112 << 23), 13);
  // Below, halves are multiples of 2⁻²⁴; less than half of one is nothing.
  if (exponent < 102) return 0;
  return roundedShift((bits & 0x7fffff) | 0x800000, 126 - exponent);
}

/** bits / 2^by, to the nearest, halves to the even one. */
function roundedShift(bits: number, by: number): number {
  const whole = bits >>> by;
  const rest = bits - whole * 2 ** by;
  const half = 2 ** (by - 1);
  return rest > half || (rest === half && whole % 2 === 1) ? whole + 1 : whole;
}

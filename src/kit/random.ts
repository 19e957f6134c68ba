/** A seeded stream of numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** A float in [0, 1). */
  uniform(): number;
  /** An integer in [low, high], both ends included. */
  integer(low: number, high: number): number;
  /** A float from the normal distribution N(0, 1) (Box and Muller 1958). */
  normal(): number;
}

/**
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, good enough for jitter and noise,
 * and exact integer arithmetic, so that pictures are reproducible.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    integer: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

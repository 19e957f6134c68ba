/** The time of day, and being woken at one. Tests bring a clock of their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** @returns what stops it. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** When a render that takes no step any more is given up: sooner where its steps are quick. */

export interface StallTimes {
  /** Milliseconds at most: before the second step, and after the last. */
  readonly most: number;
  /** Milliseconds at least, for a picture of up to a million pixels; in proportion for a larger one. */
  readonly least: number;
}

/** So many of the longest step so far are waited for. */
const STEPS = 20;
const MEGAPIXEL = 1e6;

/**
 * An engine that fails hands over to the processor, whose next step may take a hundred times as
 * long as the one before: `least` is made for that.
 */
export class StallWatch {
  readonly #least: number;
  #timer: NodeJS.Timeout;
  #last: number | undefined;
  #longest = 0;
  #stopped = false;

  constructor(
    private readonly times: StallTimes,
    pixels: number,
    private readonly stalled: () => void,
  ) {
    this.#least = times.least * Math.max(1, pixels / MEGAPIXEL);
    this.#timer = setTimeout(stalled, times.most);
  }

  /** @param fraction of the work that is done, a step more than before */
  stepped(fraction: number): void {
    // A process that was given up may have had something left to say.
    if (this.#stopped) return;
    const now = performance.now();
    if (this.#last !== undefined) this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.stalled, this.#limit(fraction));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #limit(fraction: number): number {
    const { most } = this.times;
    if (this.#longest === 0 || fraction >= 1) return most;
    return Math.min(most, Math.max(this.#least, STEPS * this.#longest));
  }
}

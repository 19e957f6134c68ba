/** When a dream will be done, by the speed of those before it. */
import type { Shelf } from '../kit/shelf.ts';

/** Seconds for one unit of work before anything was measured: about 150 GFLOP/s. */
const GUESS = 4e-11;

/** Seconds that a render takes besides its steps: the picture in, the network prepared, the PNG. */
const OVERHEAD = 1.5;

/** How much one more render tells. */
const WEIGHT = 0.3;

/** Less than such a change is not worth a write to the disk. */
const NEWS = 0.05;

const COLLECTION = 'speed';
/** The key of all models together. */
const ALL = '*';

export class Estimator {
  readonly #secondsPerUnit = new Map<string, number>();
  /** As it stands on the shelf. */
  readonly #kept = new Map<string, number>();

  private constructor(private readonly shelf: Shelf) {}

  static async open(shelf: Shelf): Promise<Estimator> {
    const estimator = new Estimator(shelf);
    for (const { key, value } of await shelf.list(COLLECTION)) {
      if (typeof value !== 'number' || value <= 0) continue;
      estimator.#secondsPerUnit.set(key, value);
      estimator.#kept.set(key, value);
    }
    return estimator;
  }

  /** @param units from `Models.work`. */
  seconds(model: string, units: number): number {
    const measured = this.#secondsPerUnit;
    return OVERHEAD + units * (measured.get(model) ?? measured.get(ALL) ?? GUESS);
  }

  /** @param seconds that the steps took. */
  async learn(model: string, units: number, seconds: number): Promise<void> {
    if (!(units > 0 && seconds > 0)) return;
    for (const key of [model, ALL]) {
      const known = this.#secondsPerUnit.get(key);
      const found = seconds / units;
      // In logarithms: twice as fast and half as fast weigh the same.
      const next = known === undefined ? found : known * (found / known) ** WEIGHT;
      this.#secondsPerUnit.set(key, next);
      await this.#keep(key, next);
    }
  }

  async #keep(key: string, next: number): Promise<void> {
    const kept = this.#kept.get(key);
    if (kept !== undefined && Math.abs(next / kept - 1) < NEWS) return;
    this.#kept.set(key, next);
    await this.shelf.put(COLLECTION, key, next);
  }
}

/**
 * Seconds until each of those that wait is done.
 * @param running seconds that each of the running ones still takes.
 * @param waiting seconds that each takes, in the order in which they are taken.
 */
export function finishTimes(
  running: readonly number[],
  waiting: readonly number[],
  concurrency: number,
): number[] {
  const free = [...running, ...Array<number>(Math.max(0, concurrency - running.length)).fill(0)];
  return waiting.map((seconds) => {
    free.sort((one, other) => one - other);
    free[0] = free[0]! + seconds;
    return free[0];
  });
}

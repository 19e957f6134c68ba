/** Ids of events, so that one which comes twice is handled once; the oldest are forgotten. */
export class RecentEvents {
  readonly #ids = new Set<string>();
  readonly #most: number;

  constructor(most = 10_000) {
    this.#most = most;
  }

  /** Whether it has been asked for this id before. */
  seen(id: string): boolean {
    if (this.#ids.has(id)) return true;
    this.#ids.add(id);
    // A set keeps the order of arrival.
    if (this.#ids.size > this.#most) this.#ids.delete(this.#ids.values().next().value!);
    return false;
  }
}

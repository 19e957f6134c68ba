/** Work that has begun, and has to end before the connection does. */
export class InFlight {
  readonly #working = new Set<Promise<unknown>>();

  track<Result>(work: Promise<Result>): Promise<Result> {
    const settled: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => this.#working.delete(settled));
    this.#working.add(settled);
    return work;
  }

  /** Also what begins meanwhile. */
  async ended(): Promise<void> {
    while (this.#working.size > 0) await Promise.all(this.#working);
  }
}

/** Tells those who wait that something has changed; what it is they look up themselves. */
export class Bells {
  readonly #listening = new Map<string, Set<Bell>>();

  ring(name: string): void {
    for (const bell of this.#listening.get(name) ?? []) bell.ring();
  }

  ringAll(): void {
    for (const name of this.#listening.keys()) this.ring(name);
  }

  /** From now on no ring of `name` is missed, until `close`. */
  listen(name: string): Bell {
    const bells = this.#listening.get(name) ?? new Set<Bell>();
    this.#listening.set(name, bells);
    const bell = new Bell(() => {
      bells.delete(bell);
      if (bells.size === 0) this.#listening.delete(name);
    });
    bells.add(bell);
    return bell;
  }
}

/** However often it rang since somebody looked, it counts once: a slow reader piles nothing up. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  constructor(readonly close: () => void) {}

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves when it has rung since the last time. */
  async next(): Promise<void> {
    if (!this.#rung) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#rung = false;
    this.#wake = undefined;
  }
}

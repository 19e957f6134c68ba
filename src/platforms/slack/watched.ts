/** Work that is under way, for whoever has to wait until it is done. */
export interface Watched {
  during(work: () => Promise<void>): Promise<void>;
  /** Resolves when all that has begun is over. */
  ended(): Promise<void>;
}

export function watched(): Watched {
  const running = new Set<Promise<void>>();
  return {
    async during(work) {
      const done = work();
      running.add(done);
      try {
        await done;
      } finally {
        running.delete(done);
      }
    },
    async ended() {
      await Promise.allSettled(running);
    },
  };
}

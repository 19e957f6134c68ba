/** Bytes that are worth the 15 ms of a collection; V8 itself waits for 64 MB of them. */
const WORTH = 8 * 2 ** 20;

/**
 * Frees the typed arrays that nobody reads any more, where they all have come to hold much more
 * than `before` bytes. Nothing is freed in processes that were started without `--expose-gc`.
 * @returns the bytes that they hold now.
 */
export function collectSince(before: number): number {
  const held = process.memoryUsage().arrayBuffers;
  if (held < before + WORTH || !globalThis.gc) return held;
  globalThis.gc();
  return process.memoryUsage().arrayBuffers;
}

import type { Shelf } from '../../src/kit/shelf.ts';

/** A shelf that outlives a platform, not the test. What is put there goes through JSON. */
export function memoryShelf(): Shelf {
  const collections = new Map<string, Map<string, string>>();
  const of = (name: string): Map<string, string> => {
    const collection = collections.get(name) ?? new Map<string, string>();
    collections.set(name, collection);
    return collection;
  };
  return {
    put(collection, key, value) {
      of(collection).set(key, JSON.stringify(value));
      return Promise.resolve();
    },
    get(collection, key) {
      const text = of(collection).get(key);
      return Promise.resolve(text === undefined ? undefined : (JSON.parse(text) as unknown));
    },
    list(collection, { last } = {}) {
      const entries = [...of(collection)].sort(([one], [other]) => (one < other ? -1 : 1));
      const wanted = last === undefined ? entries : entries.slice(-last);
      return Promise.resolve(
        wanted.map(([key, text]) => ({ key, value: JSON.parse(text) as unknown })),
      );
    },
    remove(collection, key) {
      of(collection).delete(key);
      return Promise.resolve();
    },
  };
}

/** JSON that has to outlive the process, kept by name; what is put there survives a crash. */
export interface Shelf {
  put(collection: string, key: string, value: unknown): Promise<void>;
  /** Undefined where nothing was put. */
  get(collection: string, key: string): Promise<unknown>;
  /** In the order of the keys; from the end where `last` asks for only so many. */
  list(
    collection: string,
    options?: { readonly last?: number },
  ): Promise<{ readonly key: string; readonly value: unknown }[]>;
  remove(collection: string, key: string): Promise<void>;
}

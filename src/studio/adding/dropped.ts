/** Folders that somebody has put into the folder of models without a model.json of ours. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { DreamError } from '../../kit/errors.ts';
import { understandApart } from './apart.ts';
import type { ApartOptions } from './apart.ts';
import { isNetwork } from './candidates.ts';

const MOST_BYTES = 64 * 2 ** 20;

interface Look {
  /** Of the folder when the look began: another one is worth another look. */
  readonly stamp: number;
  /** Why it cannot be used; null where it can be now. */
  readonly done: Promise<Error | null>;
}

export class DroppedFolders {
  readonly #looks = new Map<string, Look>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ApartOptions) {}

  /**
   * Looks at a folder, once for every change of it, and writes its model.json.
   * @param patience milliseconds to wait; the look goes on afterwards.
   * @returns why the folder cannot be used, or not yet; null where it can be now.
   */
  async look(name: string, models: string, patience: number): Promise<Error | null> {
    const folder = await stat(join(models, name)).catch(() => null);
    if (!folder) return new DreamError('bad-model', 'its folder is gone');
    const { mtimeMs: stamp } = folder;
    const known = this.#looks.get(name);
    const look = known?.stamp === stamp ? known : { stamp, done: this.#begin(name, models) };
    this.#looks.set(name, look);
    const patient = new AbortController();
    const waited = after(patience, undefined, { signal: patient.signal, ref: false }).then(
      () => new DreamError('bad-model', 'its files are being looked at: ask again in a moment'),
      () => null,
    );
    const found = await Promise.race([look.done, waited]);
    patient.abort();
    return found;
  }

  /** One at a time: each may take gigabytes. */
  #begin(name: string, models: string): Promise<Error | null> {
    const question = { path: join(models, name), name, overrides: {}, into: null };
    const done = this.#last.then(() =>
      understandApart(question, this.options).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
      ),
    );
    this.#last = done;
    return done;
  }
}

/** Whether a folder has no description of ours: no model.json, or one of tensorflow.js. */
export async function isUndescribed(folder: string): Promise<boolean> {
  const path = join(folder, 'model.json');
  const found = await stat(path).catch(() => null);
  if (!found) return true;
  if (!found.isFile() || found.size > MOST_BYTES) return false;
  try {
    return isNetwork({ json: JSON.parse(await readFile(path, 'utf8')) as unknown });
  } catch {
    return false;
  }
}

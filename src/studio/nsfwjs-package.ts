/** The networks inside the npm package nsfwjs, read without tensorflow.js. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ReadShard } from '../importers/imported.ts';
import { DreamError } from '../kit/errors.ts';

export interface PackagedNetwork {
  /** The parsed model.json. */
  readonly json: unknown;
  readonly readShard: ReadShard;
}

interface Bundle {
  modelJson(): Promise<{ default: unknown }>;
  readonly weightBundles: readonly (() => Promise<{ default: string }>)[];
}

/** @throws DreamError 'bad-model' when the package is not installed or holds no such model. */
export async function openPackaged(specifier: string): Promise<PackagedNetwork> {
  const bundle = await importBundle(specifier);
  const json = (await bundle.modelJson()).default;
  // Whoever hashes a network reads again what a dream still holds.
  const held = new Map<string, WeakRef<Uint8Array>>();
  const readShard: ReadShard = async (path) => {
    const known = held.get(path)?.deref();
    if (known) return known;
    const script = await scriptOf(specifier, path);
    const bytes = (script && shardIn(script)) ?? (await importShard(bundle, json, path));
    held.set(path, new WeakRef(bytes));
    return bytes;
  };
  return { json, readShard };
}

async function importBundle(specifier: string): Promise<Bundle> {
  try {
    const module = (await import(specifier)) as Record<string, Bundle>;
    const [bundle] = Object.values(module);
    if (typeof bundle?.modelJson === 'function') return bundle;
  } catch (error) {
    const message = `'${specifier}' cannot be imported: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, 'Run npm install.', { cause: error });
  }
  throw new DreamError(
    'bad-model',
    `'${specifier}' holds no model that this program knows to read`,
  );
}

/** dist/cjs/models/<name>.js → dist/models/<name>/<path>.min.js, where the package keeps them. */
async function scriptOf(specifier: string, path: string): Promise<Buffer | null> {
  try {
    const entry = createRequire(import.meta.url).resolve(specifier);
    const folder = join(dirname(entry), '../../models', specifier.split('/').at(-1)!);
    return await readFile(join(folder, `${path}.min.js`));
  } catch {
    // Another version may keep them elsewhere: then the package's own way is taken.
    return null;
  }
}

const OPENING = Buffer.from('exports="');
const CLOSING = Buffer.from('"},{}]},{},[1])(1)});');

/**
 * The bytes in a shard's script, which is one long string in base64, six times as fast as by
 * import. Null when the script does not have exactly that form.
 */
export function shardIn(script: Buffer): Uint8Array | null {
  const opening = script.subarray(0, 4096).indexOf(OPENING);
  const start = opening + OPENING.length;
  const end = script.length - CLOSING.length;
  if (opening === -1 || end < start || !script.subarray(end).equals(CLOSING)) return null;
  const bytes = Buffer.from(script.toString('latin1', start, end), 'base64');
  // The decoder leaves out what is not base64: then the length gives it away.
  const padding = script.subarray(end - 2, end).filter((letter) => letter === 0x3d).length;
  return bytes.length === ((end - start) / 4) * 3 - padding ? bytes : null;
}

async function importShard(bundle: Bundle, json: unknown, path: string): Promise<Uint8Array> {
  const manifest = (json as { weightsManifest: readonly { paths: readonly string[] }[] })
    .weightsManifest;
  const index = manifest.flatMap(({ paths }) => paths).indexOf(path);
  const load = bundle.weightBundles[index];
  if (!load) throw new Error('the package has no shard of this name');
  return Buffer.from((await load()).default, 'base64');
}

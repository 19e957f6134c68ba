/** From a model's source to its network. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { importModel } from '../importers/index.ts';
import type { ModelFile as NetworkFile } from '../importers/index.ts';
import type { Beside, Imported, ReadShard } from '../importers/imported.ts';
import { weightsOf } from '../importers/weights.ts';
import { DreamError } from '../kit/errors.ts';
import type { ModelSource } from './model-file.ts';
import { openPackaged } from './nsfwjs-package.ts';

export interface Network extends Imported {
  /** sha256 over the network's file and all its weights, in hexadecimal. */
  hash(): Promise<string>;
}

interface Opened {
  readonly file: NetworkFile;
  readonly beside: Beside;
}

/** @param folder the model's own folder. */
export async function readNetwork(source: ModelSource, folder: string): Promise<Network> {
  const { file, beside } = await open(source, folder);
  const read = new Set<string>();
  const imported = await importModel(file, { ...beside, read: noting(beside.read, read) });
  let hash: Promise<string> | undefined;
  return { ...imported, hash: () => (hash ??= hashOf({ file, beside, imported, read })) };
}

/** @param names takes the names of the files that are read. */
function noting(read: ReadShard, names: Set<string>): ReadShard {
  return (path) => {
    names.add(path);
    return read(path);
  };
}

async function open(source: ModelSource, folder: string): Promise<Opened> {
  if ('npm' in source) {
    const { json, readShard } = await openPackaged(source.npm);
    return { file: { json }, beside: { names: [], read: readShard } };
  }
  const bytes = await readBeside(folder, source.file);
  const file = source.file.endsWith('.json') ? { json: parsed(bytes, source.file) } : { bytes };
  const own = join(folder, dirname(source.file));
  // A SavedModel's variables lie in a folder of their own.
  const all = (await readdir(own, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const names = all.filter((name) => name !== basename(source.file));
  return { file, beside: { names, read: (path) => readFile(inside(own, path)) } };
}

/** A manifest is a stranger's: its paths must not lead out of the model's folder. */
function inside(folder: string, path: string): string {
  const file = join(folder, path);
  if (!relative(folder, file).startsWith('..')) return file;
  throw new Error('it lies outside the folder of the model');
}

async function readBeside(folder: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, name));
  } catch (error) {
    const message = `the model's file '${basename(folder)}/${name}' cannot be read`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
}

function parsed(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    const message = `'${name}' is not JSON: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
}

interface Hashed extends Opened {
  readonly imported: Imported;
  /** The files beside it that have been read so far. */
  readonly read: ReadonlySet<string>;
}

/** The same however the files are packed, and whichever layers have been read. */
async function hashOf({ file, beside, imported, read }: Hashed): Promise<string> {
  const hash = createHash('sha256');
  if ('json' in file) {
    hash.update(JSON.stringify(file.json));
    for (const path of shardPaths(file)) hash.update(await beside.read(path));
    return hash.digest('hex');
  }
  hash.update(file.bytes);
  // Whatever else the network is made of is read when all its weights are.
  await imported.weights.ready(weightsOf(imported.graph));
  for (const path of [...read].sort()) hash.update(await beside.read(path));
  return hash.digest('hex');
}

function shardPaths(file: NetworkFile): string[] {
  if (!('json' in file)) return [];
  const { weightsManifest } = file.json as { weightsManifest: readonly { paths: string[] }[] };
  return weightsManifest.flatMap(({ paths }) => paths);
}

/** A model's files and its model.json, put where they belong. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from '../../dream/picture.ts';
import { DreamError } from '../../kit/errors.ts';
import type { ModelFile } from '../model-file.ts';
import type { Brought } from './brought.ts';
import type { Opened } from './opening.ts';

const DESCRIPTION = 'model.json';
/** What a network of tensorflow.js is called, whose own name is that of the description. */
const NETWORK = 'network.json';
const LICENCE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/** The name of the network's file in the model's folder. */
export function storedName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return last === DESCRIPTION ? NETWORK : last;
}

/** The file with the licence, where one lies beside the network. */
export function licenceFile({ names }: Brought): string | undefined {
  return names.find((name) => LICENCE.test(name));
}

export interface Placed {
  readonly brought: Brought;
  readonly opened: Opened;
  readonly description: ModelFile;
  /** More files to take along: labels. */
  readonly others: readonly string[];
}

/**
 * Copies what the network needs, and nothing else, and writes the model.json.
 * @param into an empty folder.
 * @returns the bytes of all files.
 */
export async function placeFiles(
  { brought, opened, description, others }: Placed,
  into: string,
): Promise<number> {
  const { name } = opened.candidate;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const network = storedName(name);
  const needed = new Map([[network, name]]);
  for (const path of opened.read) needed.set(path, folder + path);
  const licence = licenceFile(brought);
  for (const other of [...others, ...(licence === undefined ? [] : [licence])]) {
    const last = other.slice(other.lastIndexOf('/') + 1);
    if (last !== DESCRIPTION && !needed.has(last)) needed.set(last, other);
  }
  let total = 0;
  for (const [to, from] of needed) {
    await mkdir(dirname(join(into, to)), { recursive: true });
    total += await brought.copy(from, join(into, to)).catch(tellFullDisk);
  }
  await writeDescription(into, description);
  return total;
}

function tellFullDisk(error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') throw error;
  const message = 'the disk that holds the models is full';
  throw new DreamError('cannot-write', message, 'Remove files that are not needed.', {
    cause: error,
  });
}

/** Writes the model.json of a folder in which the network lies already. */
export async function describeInPlace(
  { brought, opened, description }: Omit<Placed, 'others'>,
  folder: string,
): Promise<number> {
  const { name } = opened.candidate;
  const needed = [name, ...[...opened.read].map((path) => folderOf(name) + path)];
  const sizes = await Promise.all(needed.map((each) => brought.size(each)));
  if (name === DESCRIPTION) {
    await writeFileAtomically(join(folder, NETWORK), await brought.read(name));
  }
  await writeDescription(folder, description);
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** The network's file as the model.json of its folder names it. */
export function nameInPlace(name: string): string {
  return name === DESCRIPTION ? NETWORK : name;
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

async function writeDescription(folder: string, description: ModelFile): Promise<void> {
  const text = `${JSON.stringify(description, null, 2)}\n`;
  await writeFileAtomically(join(folder, DESCRIPTION), Buffer.from(text));
}

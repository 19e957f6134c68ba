/** A model's files in a zip archive, as if they lay in a folder. */
import { DreamError } from '../../kit/errors.ts';
import type { Beside } from '../imported.ts';
import { ZipArchive } from './zip.ts';

/**
 * Opens an archive. If all its files lie in one folder, names are counted from there on; what
 * macOS puts beside them is not among them.
 * @throws DreamError 'bad-model' for an archive that is damaged, or made to do harm.
 */
export async function openArchive(bytes: Uint8Array): Promise<Beside> {
  const archive = await ZipArchive.open(bytes);
  const names = archive.names.filter((name) => !/(^|\/)(__MACOSX\/|\._|\.DS_Store$)/.test(name));
  return inFolder({ names, read: (path) => archive.read(path) }, commonFolder(names));
}

/** Whether a name stands in the list at an archive's end: a first look, without opening it. */
export function names(archive: Uint8Array, name: string): boolean {
  const { buffer, byteOffset, byteLength } = archive;
  return Buffer.from(buffer, byteOffset, byteLength).lastIndexOf(name) >= 0;
}

/** The files of a folder, named from there on. */
export function inFolder({ names, read }: Beside, folder: string): Beside {
  return {
    names: names.filter((name) => name.startsWith(folder)).map((name) => name.slice(folder.length)),
    read: (path) => read(folder + path.replace(/^(\.\/)+/, '')),
  };
}

/** 'a/b/' of 'a/b/c' and 'a/b/d/e'; '' when they have no folder in common. */
function commonFolder(names: readonly string[]): string {
  const folders = names.map((name) => name.split('/').slice(0, -1));
  const [first = [], ...others] = folders;
  const end = first.findIndex((part, at) => others.some((folder) => folder[at] !== part));
  const common = end < 0 ? first : first.slice(0, end);
  return common.map((part) => `${part}/`).join('');
}

/** A JSON file of an archive or a folder. @throws DreamError 'bad-model' */
export async function readJson({ read }: Beside, name: string): Promise<unknown> {
  const text = Buffer.from(await read(name)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `'${name}' is not JSON: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, undefined, { cause: error });
  }
}

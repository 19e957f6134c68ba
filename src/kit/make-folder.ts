import { mkdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder, and those that it lies in, where they are not there. Node's own `recursive` tries
 * for ever in a folder that takes none, such as /proc.
 *
 * @throws what the system says
 */
export async function makeFolder(folder: string): Promise<void> {
  const path = resolve(folder);
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (!(await found(parent)) && parent !== path) await makeFolder(parent);
  try {
    await mkdir(path);
  } catch (error) {
    // Somebody else may have been faster.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await found(path))?.isDirectory() ?? false;
}

function found(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

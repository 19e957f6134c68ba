/**
 * Hidden folders beside the models, in which a model is put together or on its way out. A process
 * that is killed leaves them behind: their names say whose they are, so that the next one can tell.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DreamError } from '../../kit/errors.ts';
import { makeFolder } from '../../kit/make-folder.ts';

/** `replaced`: a model that was there before, kept until the new one stands. */
type Kind = 'adding' | 'removed' | 'replaced';

const HOST = hostname().replace(/[^a-z0-9]/gi, '') || 'host';
const NAME = /^\.(adding|removed|replaced)-([a-z0-9]+)-(\d+)-[0-9a-f]{8}(?:-(.+))?$/i;
const KINDS = /^\.(adding|removed|replaced)-/;
/** Milliseconds: whoever works longer is gone, whatever its name says. */
const LONGEST = 3_600_000;

/** @param model its name, where it may have to be put back. */
export function workplace(models: string, kind: Kind, model?: string): string {
  const tag = [kind, HOST, process.pid, randomUUID().slice(0, 8), ...(model ? [model] : [])];
  return join(models, `.${tag.join('-')}`);
}

/**
 * An empty folder in which a model is put together.
 * @throws DreamError 'cannot-write'
 */
export async function openWorkplace(models: string): Promise<string> {
  const folder = workplace(models, 'adding');
  await makeFolder(folder).catch((error: unknown) => {
    const message = `the folder of models '${models}' cannot be written to`;
    throw new DreamError('cannot-write', message, undefined, { cause: error });
  });
  return folder;
}

/**
 * Takes away what processes have left behind that are gone, and puts back what they had replaced.
 * @param now in milliseconds.
 */
export async function clearLeftovers(models: string, now = Date.now()): Promise<void> {
  const names = await readdir(models).catch(() => []);
  for (const name of names.filter((each) => KINDS.test(each))) {
    const folder = join(models, name);
    const found = await stat(folder).catch(() => null);
    // A folder that is renamed keeps the time of its last change, not that of its status.
    if (found && isLeft(name, found.ctimeMs, now)) {
      // Somebody else may be at it, too, or it is not ours to write: the next one tries again.
      await clear(models, folder, name).catch(() => undefined);
    }
  }
}

function isLeft(name: string, changed: number, now: number): boolean {
  if (now - changed > LONGEST) return true;
  const [, , host, id] = NAME.exec(name) ?? [];
  if (host !== HOST) return false;
  const owner = Number(id);
  // In containers the next process has the number of the last one.
  return owner === process.pid ? changed < performance.timeOrigin : !isRunning(owner);
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function clear(models: string, folder: string, name: string): Promise<void> {
  const [, kind, , , model] = NAME.exec(name) ?? [];
  if (kind === 'replaced' && model && !existsSync(join(models, model))) {
    await rename(folder, join(models, model));
    return;
  }
  await rm(folder, { recursive: true, force: true });
}

/** A file that somebody brought as a model: fetched, laid down for a moment, and looked at. */
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import pRetry from 'p-retry';
import { DreamError } from '../kit/errors.ts';
import type { Overrides } from '../studio/adding/messages.ts';
import { addModel } from '../studio/adding/shelf.ts';
import type { AddedModel } from '../studio/adding/shelf.ts';
import { openWorkplace } from '../studio/adding/workplaces.ts';
import type { Environment } from '../studio/processes/task-process.ts';
import type { Shown } from '../studio/shown.ts';
import type { Attachment } from './option.ts';
import type { Platform } from './platform.ts';

export interface AskedModel {
  readonly file: Attachment;
  /** @default made from the file's name */
  readonly name?: string;
  readonly range?: readonly [number, number];
  readonly labels?: readonly string[];
  readonly shown?: Shown;
}

export interface BroughtFile {
  /** What the model will be called. */
  readonly name: string;
  readonly asked: AskedModel;
  /** Which has the file. */
  readonly platform: Platform;
  readonly maxBytes: number;
  /** What the process that looks at it sees of the environment. */
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

const FETCHES = 3;

/**
 * @param models the folder that the model is put into.
 * @throws DreamError
 */
export async function addBroughtFile(
  { name, asked, platform, maxBytes, environment, signal }: BroughtFile,
  models: string,
): Promise<AddedModel> {
  signal.throwIfAborted();
  const bytes = await pRetry(() => platform.fetch(asked.file, signal, maxBytes), {
    ...{ retries: FETCHES - 1, signal },
    shouldRetry: ({ error }) => error instanceof DreamError && error.code === 'fetch-failed',
  });
  // There the next start finds what a crash leaves.
  const folder = await openWorkplace(resolve(models));
  try {
    const path = join(folder, plainName(asked.file.name));
    await writeFile(path, bytes);
    const overrides = await overridesOf(asked, folder);
    return await addModel({ path, name, overrides }, models, { environment, signal });
  } catch (error) {
    throw withoutFolder(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function overridesOf(
  { range, labels, shown }: AskedModel,
  folder: string,
): Promise<Overrides> {
  const said = { ...(range ? { range } : {}), ...(shown ? { shown } : {}) };
  if (labels === undefined) return said;
  const file = join(folder, 'your labels');
  await writeFile(file, labels.join('\n'));
  return { ...said, labels: file };
}

/** What the file's name becomes part of is a path. */
function plainName(name: string): string {
  const last = name.replace(/^.*[/\\]/s, '').replace(/[^\p{L}\p{N}._ -]/gu, '_');
  return last.replace(/^\.+/, '').slice(-100) || 'model';
}

/** Where it lay for a moment is of no use to anybody. */
function withoutFolder(error: unknown, folder: string): unknown {
  if (!(error instanceof DreamError)) return error;
  const { code, message, hint } = error;
  return new DreamError(code, message.replaceAll(join(folder, '/'), ''), hint, { cause: error });
}

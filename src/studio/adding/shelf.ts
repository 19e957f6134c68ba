/** Models put into the folder of models, and taken out of it. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { DreamError } from '../../kit/errors.ts';
import { describeModel, modelNames } from '../descriptions.ts';
import { understandApart } from './apart.ts';
import type { ApartOptions } from './apart.ts';
import type { Overrides, Understood } from './messages.ts';
import { clearLeftovers, openWorkplace, workplace } from './workplaces.ts';

const NAME = /^[a-z0-9][a-z0-9_-]{0,59}$/i;

export interface NewModel {
  /** A folder, a file or an archive. */
  readonly path: string;
  /** @default made from the path */
  readonly name?: string;
  readonly overrides?: Overrides;
  /** Whether a model of that name makes room. @default false */
  readonly replace?: boolean;
}

export interface AddedModel extends Understood {
  readonly name: string;
  readonly folder: string;
}

/**
 * Looks at a network and copies what belongs to it into the folder of models: all of it or nothing.
 * @throws DreamError
 */
export async function addModel(
  { path, name = nameFrom(path), overrides = {}, replace = false }: NewModel,
  models: string,
  options: ApartOptions,
): Promise<AddedModel> {
  checkName(name);
  await clearLeftovers(models);
  const folder = join(models, name);
  if (existsSync(folder)) await checkReplaceable(name, models, replace);
  const into = await openWorkplace(models);
  try {
    const understood = await understandApart({ path, name, overrides, into }, options);
    await exchange(into, folder, workplace(models, 'replaced', name));
    return { ...understood, name, folder };
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** @throws DreamError 'unknown-model', 'not-allowed' */
export async function removeModel(name: string, models: string): Promise<void> {
  if (!(await modelNames(models)).includes(name)) await describeModel(name, models);
  await checkOwn(name, models);
  await clearLeftovers(models);
  const gone = workplace(models, 'removed');
  await rename(join(models, name), gone);
  await rm(gone, { recursive: true, force: true });
}

/** @throws DreamError 'bad-option' */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new DreamError(
    'bad-option',
    `a model cannot be named '${name.slice(0, 80)}'`,
    'Names have up to 60 letters, digits, - and _, and begin with a letter or a digit.',
  );
}

/** A name that a file or folder suggests; it may be none: `checkName` says. */
export function nameFrom(path: string): string {
  const plain = basename(path, extname(path)).toLowerCase();
  return plain
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
}

async function checkReplaceable(name: string, models: string, replace: boolean): Promise<void> {
  if (!replace) {
    const message = `there is a model named '${name}' already`;
    throw new DreamError('bad-option', message, 'Choose another name, or add --replace.');
  }
  await checkOwn(name, models);
}

/** Those that come with the program stay. */
async function checkOwn(name: string, models: string): Promise<void> {
  const description = await describeModel(name, models).catch((error: unknown) => {
    // What cannot be used may go.
    if (error instanceof DreamError) return null;
    throw error;
  });
  if (!description || !('npm' in description.source)) return;
  throw new DreamError('not-allowed', `'${name}' comes with the program and stays`);
}

/** Puts `from` where `folder` is; what was there is gone only when it stands. */
async function exchange(from: string, folder: string, old: string): Promise<void> {
  const had = existsSync(folder);
  if (had) await rename(folder, old);
  try {
    await rename(from, folder);
  } catch (error) {
    if (had) await rename(old, folder);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

/** `models add | list | show | remove` */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DreamError } from '../kit/errors.ts';
import { renderEnvironment } from '../main/render-environment.ts';
import { addModel, removeModel } from '../studio/adding/shelf.ts';
import type { AddedModel } from '../studio/adding/shelf.ts';
import { describeModel, MODELS } from '../studio/descriptions.ts';
import type { ModelFolder } from '../studio/model-folder.ts';
import { readAddingOptions } from './adding-options.ts';
import { confirmed } from './confirm.ts';
import { modelsFolder } from './environment.ts';
import type { ModelsActions } from './models-program.ts';
import { addedWords, listedWords, shownWords } from './models-words.ts';
import type { Given } from './program.ts';
import { noteTo } from './note.ts';

/** Of the sheet: small tiles, half as many steps of twice the size. */
const FIRST_LOOK = { size: '192', steps: '5', stepSize: '3' };
/** Milliseconds for new folders; whoever asks here can wait. */
const PATIENCE = 600_000;

export const modelsActions: ModelsActions = { add, list, show, remove };

async function add(path: string, given: Given): Promise<void> {
  const { sheet, quiet, json, ...asked } = readAddingOptions(given);
  const environment = renderEnvironment(process.env);
  const adding = addModel({ path, ...asked }, folder(), { environment });
  // Loaded while the other process loads what it needs.
  const dreaming = sheet ? import('./dream-command.ts') : null;
  const added = await adding;
  for (const notice of added.notices) noteTo(process.stderr, notice, { quiet, json });
  const speaks = !json && !quiet;
  if (speaks) process.stdout.write(`${addedWords(added)}\n`);
  const made = dreaming && (await settled(sheetOf(added, await dreaming)));
  const picture = made?.status === 'fulfilled' ? made.value : null;
  if (speaks && picture !== null) process.stdout.write(`\nsheet  ${picture}\n`);
  // The model is there, whatever became of its sheet.
  if (json) process.stdout.write(`${JSON.stringify({ ...added, sheet: picture })}\n`);
  if (made?.status === 'rejected') throw withoutSheet(added, made.reason);
}

async function settled<Value>(promise: Promise<Value>): Promise<PromiseSettledResult<Value>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}

function withoutSheet({ name }: AddedModel, error: unknown): unknown {
  if (!(error instanceof DreamError)) return error;
  const message = `'${name}' was added, but its sheet could not be made: ${error.message}`;
  return new DreamError(error.code, message, error.hint, { cause: error });
}

async function sheetOf(
  { name }: AddedModel,
  { dreamCommand }: typeof import('./dream-command.ts'),
): Promise<string> {
  const output = join('out', `${name}-sheet.png`);
  await mkdir('out', { recursive: true }).catch(() => undefined);
  await dreamCommand(undefined, { ...FIRST_LOOK, model: name, sheet: true, output, quiet: true });
  return output;
}

async function list({ json }: Given): Promise<void> {
  const models = await allModels();
  const broken = await models.broken(PATIENCE);
  const usable = await models.list();
  const problems = broken.map(({ name, error }) => ({ name, problem: error.message }));
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ models: usable, broken: problems })}\n`
      : `${listedWords(usable, broken)}\n`,
  );
}

async function show(name: string, { json }: Given): Promise<void> {
  const broken = await (await allModels()).broken(PATIENCE);
  const problem = broken.find((one) => one.name === name);
  if (problem) throw problem.error;
  const model = await describeModel(name, folder());
  process.stdout.write(json === true ? `${JSON.stringify(model)}\n` : `${shownWords(model)}\n`);
}

async function remove(name: string, { yes }: Given): Promise<void> {
  if (yes !== true) await confirm(name);
  await removeModel(name, folder());
  process.stdout.write(`removed ${name}\n`);
}

/** @throws DreamError where nobody says yes */
async function confirm(name: string): Promise<void> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    const message = `removing '${name}' removes its files`;
    throw new DreamError('bad-option', message, 'Add --yes to do it.');
  }
  const yes = await confirmed(`Remove the model '${name}' with its files?`, stdin, stderr);
  if (!yes) throw new DreamError('cancelled', 'nothing was removed');
}

function folder(): string {
  return modelsFolder() ?? MODELS;
}

async function allModels(): Promise<ModelFolder> {
  const { ModelFolder } = await import('../studio/model-folder.ts');
  return new ModelFolder({ folder: folder(), environment: renderEnvironment(process.env) });
}

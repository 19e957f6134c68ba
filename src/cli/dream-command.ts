/** `dream [picture]`: one dream, a contact sheet, or a list of layers. */
import { existsSync } from 'node:fs';
import { encodePicture, readPicture, writeFileAtomically } from '../dream/picture.ts';
import { DreamError } from '../kit/errors.ts';
import { gatherEvidence } from '../studio/evidence.ts';
import type { Evidence } from '../studio/evidence.ts';
import { planRender } from '../studio/render.ts';
import { baselineOf } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { differencePath, writeDifference } from './difference.ts';
import { programVersion } from './environment.ts';
import { hashOfDescription, imprintText } from '../studio/imprint.ts';
import { withInterrupt } from './interrupt.ts';
import { prepareJob } from './job.ts';
import type { Job } from './job.ts';
import { printLayers } from './layers-command.ts';
import { chooseOutput, formatNotices } from './output.ts';
import type { Output } from './output.ts';
import type { Given } from './program.ts';
import { noteTo } from './note.ts';
import { resultTo } from './report.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { sheetCommand } from './sheet-command.ts';
import { watch } from './watch.ts';
import type { Watched } from './watch.ts';

export async function dreamCommand(picture: string | undefined, given: Given): Promise<void> {
  const settings = readSettings(given);
  if (settings.layers) return printLayers(settings);
  const baseline = await baselineOf(settings, given);
  const { sheet } = settings;
  if (sheet === undefined) return dreamOnce(picture, baseline, settings, given);
  if (settings.redo !== undefined) {
    throw new DreamError('bad-option', '--redo gives one picture, --sheet many', 'Leave one out.');
  }
  if (baseline.recipe.class !== undefined) {
    const message = '--sheet shows layers, and a dream of a class has none';
    throw new DreamError('bad-option', message, 'Leave out --sheet or --class.');
  }
  if (given['layer'] !== undefined) {
    const message = '--layer names what one dream is of, --sheet a dream for each of its layers';
    throw new DreamError('bad-option', message, 'Name them all after --sheet: mixed0,mixed3.');
  }
  // `--sheet photo.jpg` reads as if the photo were the list of layers.
  const meant = picture === undefined && sheet !== true && existsSync(sheet);
  return meant
    ? sheetCommand(sheet, true, baseline, settings, given)
    : sheetCommand(picture, sheet, baseline, settings, given);
}

async function dreamOnce(
  path: string | undefined,
  baseline: Baseline,
  settings: Settings,
  given: Given,
): Promise<void> {
  const job = await prepareJob(path, baseline, settings, given);
  const { picture, recipe, model, engine, mask } = job;
  const plan = planRender(model, { picture, recipe, deepLayers: settings.deepLayers, mask });
  const again = baseline.imprint ? ['redo'] : [];
  const title = recipe.class ?? recipe.layer;
  const output = await chooseOutput(settings.output, [job.stem, title, ...again], job.read);
  const notices = [...job.notices, ...plan.notices, ...formatNotices(output, job, settings)];
  for (const notice of notices) noteTo(process.stderr, notice, settings);
  const difference = recipe.perturb ? await differencePath(output.path, job.read) : undefined;
  const watched = await withInterrupt(async (signal) => {
    const { quiet } = settings;
    const result = await watch(plan, { engine: engine.engine, title, quiet, signal });
    await write(output, job, result, settings);
    return result;
  });
  if (difference !== undefined) await writeDifference(difference, picture.image, watched.image);
  const evidence = await evidenceOf(output, job, watched);
  const { formula } = plan;
  resultTo(
    process.stdout,
    {
      ...{ output: output.path, formula, job, watched, evidence, difference },
      notices: [...notices, ...job.engineNotices],
    },
    settings,
  );
}

/** Of a dream of a class: from the file as it was written. */
async function evidenceOf(
  { path }: Output,
  { picture, recipe, model, engine }: Job,
  { curve }: Watched,
): Promise<Evidence | undefined> {
  if (recipe.class === undefined) return undefined;
  const { image: before } = picture;
  const { image: after } = await readPicture(path, { maxPixels: before.rows * before.columns });
  return gatherEvidence(model, engine.engine, {
    ...{ words: recipe.class, place: recipe.place, before, after, curve },
  });
}

async function write(
  { path, format }: Output,
  job: Job,
  { image }: Watched,
  { quality }: Settings,
): Promise<void> {
  const { alpha } = job.picture;
  const bytes = await encodePicture(image, {
    format,
    ...(format === 'png' ? { text: imprintOf(job) } : {}),
    ...(alpha ? { alpha } : {}),
    ...(quality === undefined ? {} : { quality }),
  });
  await writeFileAtomically(path, bytes);
}

/** What the picture can be dreamed again by. */
async function imprintOf({
  recipe,
  model,
  engine,
  size,
  maskHash,
}: Job): Promise<Readonly<Record<string, string>>> {
  return imprintText({
    recipe,
    model: model.name,
    modelHash: await model.hash(),
    modelDescription: hashOfDescription(model),
    engine: { description: engine.engine.describe(), request: engine.request },
    size,
    ...(maskHash === undefined ? {} : { mask: maskHash }),
    version: programVersion(),
  });
}

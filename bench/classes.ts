/**
 * What becomes of classes of people's own networks: the weakest of three raised by a dream and by
 * the smallest change, both judged by the file as it was saved. The pictures stay, to be looked at.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { classRecipe } from '../src/dream/class-recipes.ts';
import type { Image } from '../src/dream/image.ts';
import { differencePicture } from '../src/dream/perturb/compare.ts';
import { encodePicture, readPicture } from '../src/dream/picture.ts';
import type { Picture } from '../src/dream/picture.ts';
import type { Recipe } from '../src/dream/recipe.ts';
import type { GradientEngine } from '../src/engines/engine.ts';
import { onnxEngine } from '../src/engines/onnx.ts';
import { loadModel } from '../src/studio/catalogue.ts';
import type { Model } from '../src/studio/catalogue.ts';
import { modelNames } from '../src/studio/descriptions.ts';
import { labelsOf, targetsOf } from '../src/studio/classes.ts';
import { DEFAULT_SIZE } from '../src/studio/defaults.ts';
import { gatherEvidence } from '../src/studio/evidence.ts';
import type { Evidence } from '../src/studio/evidence.ts';
import { planRender } from '../src/studio/render.ts';
import { THREADS } from './subject.ts';

const CLOUDS = 'examples/clouds.png';
const OUT = join('out', 'classes');

/** What is asked of every row. */
const AIM = { dream: 0.9, shifted: 0.7, decibels: 40 };

const COLUMNS = [
  ['model', 12],
  ['picture', 12],
  ['class', 14],
  ['of', 4],
  ['before', 8],
  ['dream', 8],
  ['shifted', 8],
  ['dream dB', 9],
  ['s', 7],
  ['smallest change', 16],
  ['dB', 7],
  ['s', 7],
] as const;

export async function classes(args: readonly string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { every: { type: 'boolean', default: false } },
  });
  const [folder, ...pictures] = positionals;
  if (folder === undefined) {
    console.log('needs networks: npm run bench -- classes FOLDER [PICTURE…] [--every]');
    return;
  }
  await mkdir(OUT, { recursive: true });
  const engine = onnxEngine({ threads: THREADS });
  console.log(row(COLUMNS.map(([title]) => title)));
  for (const name of await modelNames(folder)) {
    const model = await loadModel(name, folder);
    if (!model.dreamableClasses) continue;
    for (const path of pictures.length > 0 ? pictures : [CLOUDS]) {
      const picture = await readPicture(path, { maxSide: DEFAULT_SIZE });
      const trial = { model, engine, picture, stem: basename(path, extname(path)) };
      const ordered = await weakestFirst(trial);
      const raised = values.every ? ordered.slice(0, -1) : [weakestOfThree(ordered)];
      for (const index of raised) await line(trial, index);
      await leaving(trial, ordered.at(-1)!);
    }
  }
  console.log(
    `aims: ${percent(AIM.dream)} after the dream, ${percent(AIM.shifted)} on average over`,
  );
  console.log(
    `20 shifts and scalings; the class after the smallest change, at ${AIM.decibels} dB.`,
  );
  console.log(`! is below. The pictures are in ${OUT}.`);
}

interface Trial {
  readonly model: Model;
  readonly engine: GradientEngine;
  readonly picture: Picture;
  readonly stem: string;
}

/** Classes by their number. */
async function weakestFirst({ model, engine, picture: { image } }: Trial): Promise<number[]> {
  const words = Array.from(labelsOf(model).keys()).join(',');
  const asked = { words, before: image, after: image, curve: [] };
  const { targets } = await gatherEvidence(model, engine, asked);
  return Array.from(targets.keys()).sort((a, b) => targets[a]!.before - targets[b]!.before);
}

/** Of the first, the middle and the last class. */
function weakestOfThree(ordered: readonly number[]): number {
  const count = ordered.length;
  return ordered.find((index) => [0, count >> 1, count - 1].includes(index))!;
}

async function line(trial: Trial, index: number): Promise<void> {
  const { model, stem } = trial;
  const labels = labelsOf(model);
  const dream = await made(trial, String(index), {});
  const change = await made(trial, String(index), { perturb: true });
  const said = change.evidence.after[0]!.label === labels[index];
  const [{ before, probability, shifted }] = dream.evidence.targets as [Target];
  console.log(
    row([
      ...[model.name, stem, labels[index]!, String(labels.length), percent(before)],
      flagged(percent(probability), probability >= AIM.dream),
      flagged(percent(shifted), shifted >= AIM.shifted),
      ...[decibels(dream.evidence.psnr), dream.seconds.toFixed(1)],
      flagged(percent(change.evidence.targets[0]!.probability), said),
      flagged(decibels(change.evidence.psnr), (change.evidence.psnr ?? Infinity) >= AIM.decibels),
      change.seconds.toFixed(1),
    ]),
  );
}

/** The smallest change after which it says anything but its first class, by DeepFool. */
async function leaving(trial: Trial, index: number): Promise<void> {
  const { model, stem } = trial;
  const label = labelsOf(model)[index]!;
  const { evidence, seconds } = await made(trial, `not ${index}`, { perturb: true });
  const [{ before, probability }] = evidence.targets as [Target];
  const left = evidence.after[0]!.label !== label || probability < 0.5;
  console.log(
    row([
      ...[model.name, stem, `not ${label}`, String(labelsOf(model).length), percent(before)],
      ...['', '', '', ''],
      flagged(percent(probability), left),
      flagged(decibels(evidence.psnr), (evidence.psnr ?? Infinity) >= AIM.decibels),
      seconds.toFixed(1),
    ]),
  );
}

type Target = Evidence['targets'][number];

interface Made {
  readonly evidence: Evidence;
  readonly seconds: number;
}

async function made(
  { model, engine, picture, stem }: Trial,
  words: string,
  changes: Partial<Recipe>,
): Promise<Made> {
  const recipe = { ...classRecipe, layer: model.defaultLayer, class: words, ...changes };
  const began = performance.now();
  const image = await rendered(planRender(model, { picture, recipe }).run(engine));
  const seconds = (performance.now() - began) / 1000;
  const kind = recipe.perturb ? 'change' : 'dream';
  const { label, weight } = targetsOf(model, words)[0]!;
  const title = `${weight < 0 ? 'not-' : ''}${label.replaceAll(/\W+/g, '-')}`;
  const name = `${model.name}-${stem}-${title}-${kind}`;
  const png = await save(name, image);
  const { image: after } = await readPicture(png);
  if (recipe.perturb)
    await save(`${name}-difference`, differencePicture(picture.image, after).image);
  const asked = { words, before: picture.image, after, curve: [] };
  return { evidence: await gatherEvidence(model, engine, asked), seconds };
}

async function rendered(frames: AsyncGenerator<unknown, Image, void>): Promise<Image> {
  for (;;) {
    const next = await frames.next();
    if (next.done) return next.value;
  }
}

async function save(name: string, image: Image): Promise<Uint8Array> {
  const png = await encodePicture(image, { format: 'png' });
  await writeFile(join(OUT, `${name}.png`), png);
  return png;
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(COLUMNS[index]![1]))
    .join(' ')
    .trimEnd();
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function decibels(value: number | null): string {
  return value === null ? 'same' : value.toFixed(1);
}

function flagged(text: string, good: boolean): string {
  return good ? text : `${text} !`;
}

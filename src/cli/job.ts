/** All that a dream on the command line needs, read and checked. */
import { basename, extname } from 'node:path';
import { existsSync } from 'node:fs';
import { DEFAULT_MAX_PIXELS, readPicture } from '../dream/picture.ts';
import type { Picture } from '../dream/picture.ts';
import { createImage } from '../dream/image.ts';
import type { Image } from '../dream/image.ts';
import { maskPicture } from '../dream/priors/mask.ts';
import type { Recipe } from '../dream/recipe.ts';
import { chooseEngine } from '../engines/choose.ts';
import type { ChosenEngine, EngineRequest, Surroundings } from '../engines/choose.ts';
import { DreamError } from '../kit/errors.ts';
import { loadModel } from '../studio/catalogue.ts';
import type { Model } from '../studio/catalogue.ts';
import { withLayer } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { measuredModel } from '../studio/measured-model.ts';
import { CLOUDS, measurementsFile, modelsFolder } from './environment.ts';
import { noteTo } from './note.ts';
import { hashOfDescription, hashOfMask } from '../studio/imprint.ts';
import type { Imprint } from '../studio/imprint.ts';
import type { Given } from './program.ts';
import type { Settings } from './settings.ts';

/** Pixels, where noise has no picture to take its size from. */
const NOISE_SIDE = 512;

export interface Job {
  readonly picture: Picture;
  /** Paths of the picture and, where there is one, of the mask. */
  readonly read: readonly string[];
  /** The picture's name, for that of the output. */
  readonly stem: string;
  /** Where the dream may change the picture. */
  readonly mask?: Image;
  /** sha256 of its pixels. */
  readonly maskHash?: string;
  readonly model: Model;
  readonly recipe: Recipe;
  readonly engine: ChosenEngine;
  readonly size: number;
  readonly notices: readonly string[];
  /** What the engine has had to say since. */
  readonly engineNotices: readonly string[];
}

export async function prepareJob(
  path: string | undefined,
  baseline: Baseline,
  settings: Settings,
  given: Given,
): Promise<Job> {
  const { maxPixels, preset } = settings;
  const limits = maxPixels === undefined ? {} : { maxPixels };
  const { size, imprint } = baseline;
  const picturePath = path ?? CLOUDS;
  const blank = path === undefined && baseline.recipe.from === 'noise';
  if (path === undefined && !blank) await makeClouds();
  const loading = loadModel(baseline.model, modelsFolder());
  const engineNotices: string[] = [];
  const surroundings = {
    model: async () => measuredModel(await loading),
    measurements: measurementsFile(),
    tell: (notice: string) => {
      engineNotices.push(notice);
      noteTo(process.stderr, notice, settings);
    },
  };
  const [picture, mask, model, [engine, unavailable]] = await Promise.all([
    blank
      ? blankPicture(settings.size, maxPixels)
      : readPicture(picturePath, { maxSide: size, ...limits }),
    settings.mask === undefined
      ? undefined
      : readPicture(settings.mask, { maxSide: size, ...limits }).then(maskPicture),
    loading,
    engineFor(baseline, surroundings),
  ]);
  // A sheet has layers of its own.
  const asked = given.layer !== undefined || settings.sheet !== undefined;
  const clouds = path === undefined && preset === undefined;
  const { recipe, notices } = withLayer(baseline, model, { asked, clouds });
  const maskHash = mask && hashOfMask(mask);
  const changes = imprint ? await changesSince(imprint, { model, engine, maskHash }) : [];
  const clouded =
    imprint && path === undefined && !blank
      ? ['A recipe holds no picture: these are the clouds. Name the picture that it was made of.']
      : [];
  const stem = blank ? 'noise' : basename(picturePath, extname(picturePath));
  return {
    ...(mask && maskHash !== undefined ? { mask, maskHash } : {}),
    ...{ picture, stem, model, recipe, engine, size },
    read: [picturePath, ...(settings.mask === undefined ? [] : [settings.mask])],
    notices: [...notices, ...unavailable, ...changes, ...clouded],
    engineNotices,
  };
}

/** For what begins with noise: of a picture only the size counts. */
function blankPicture(side = NOISE_SIDE, most = DEFAULT_MAX_PIXELS): Picture {
  if (side * side > most) {
    const message = `noise of ${side}×${side} has ${side * side} pixels; ${most} are the most`;
    throw new DreamError(
      'picture-too-large',
      message,
      'Give a smaller --size, or more --max-pixels.',
    );
  }
  const image = createImage(side, side);
  image.data.fill(127.5);
  return { image, format: 'png', originalRows: side, originalColumns: side };
}

/** The clouds are committed; should they be gone, they are made anew. */
async function makeClouds(): Promise<void> {
  if (existsSync(CLOUDS)) return;
  process.stderr.write(
    'note: examples/clouds.png is gone; it is made anew, which takes a while.\n',
  );
  const { writeClouds } = await import('../../examples/make-clouds.ts');
  await writeClouds(CLOUDS);
}

/** The engine of an earlier picture, if this machine has it; else the best there is. */
async function engineFor(
  baseline: Baseline,
  surroundings: Surroundings,
): Promise<[ChosenEngine, string[]]> {
  const { engine, imprint } = baseline;
  try {
    return [await chooseEngine(engine, surroundings), []];
  } catch (error) {
    const unavailable = error instanceof DreamError && error.code !== 'bad-option';
    const byImprint = imprint && isSame(engine, imprint.engine.request);
    if (!unavailable || !byImprint) throw error;
    return [await chooseEngine({}, surroundings), [error.message]];
  }
}

function isSame(one: EngineRequest, other: Imprint['engine']['request']): boolean {
  return one.engine === other.engine && one.provider === other.provider;
}

/** Why a picture that is dreamed again may come out otherwise. */
async function changesSince(
  imprint: Imprint,
  {
    model,
    engine: { engine },
    maskHash,
  }: Pick<Job, 'model' | 'engine'> & { maskHash?: string | undefined },
): Promise<string[]> {
  const hash = await model.hash();
  const { description } = imprint.engine;
  const { modelDescription = hashOfDescription(model) } = imprint;
  const same = hash === imprint.modelHash;
  return [
    ...(same
      ? []
      : [
          `The picture was made with the model ${imprint.model} (${short(imprint.modelHash)}), this is ${model.name} (${short(hash)}): expect another dream.`,
        ]),
    ...(same && modelDescription !== hashOfDescription(model)
      ? [
          `The model.json of ${model.name} says something else of its pictures or classes than when the picture was made: expect another dream.`,
        ]
      : []),
    ...(engine.describe() === description
      ? []
      : [
          `The picture was made by ${description}, this is ${engine.describe()}: values may differ a little.`,
        ]),
    ...(maskHash === imprint.mask ? [] : [maskChange(imprint.mask)]),
  ];
}

function maskChange(then: string | undefined): string {
  return then === undefined
    ? 'The picture was made without a mask: expect another dream.'
    : 'The picture was made with a mask, and not with this: give that one with --mask, or expect another dream.';
}

function short(hash: string): string {
  return hash.slice(0, 12);
}

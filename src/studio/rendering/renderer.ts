/** What a render process does: from a task and its pictures to a PNG. */
import { setImmediate } from 'node:timers/promises';
import { readPicture, encodePicture, writeFileAtomically } from '../../dream/picture.ts';
import type { Picture } from '../../dream/picture.ts';
import type { Image } from '../../dream/image.ts';
import { maskPicture } from '../../dream/priors/mask.ts';
import type { ChosenEngine } from '../../engines/choose.ts';
import { loadModel } from '../catalogue.ts';
import type { Model } from '../catalogue.ts';
import { modelStamp } from '../descriptions.ts';
import { composeSheet } from '../contact-sheet.ts';
import { gatherEvidence } from '../evidence.ts';
import { hashOfDescription, hashOfMask, imprintText } from '../imprint.ts';
import type { OrderResult } from '../order.ts';
import type { Reporting } from '../processes/serve.ts';
import { planRender } from '../render.ts';
import type { RenderPlan } from '../render.ts';
import { noticesOf, ORIGINAL, planTiles } from '../sheet.ts';
import { ScoredNetworksByModel } from '../scored-networks.ts';
import type { ScoredNetworks } from '../scored-networks.ts';
import { refusal, Screen } from '../screening.ts';
import { readStored } from '../stored-picture.ts';
import { throwIfCancelled } from '../../kit/cancelled.ts';
import { RenderEngines } from './engines.ts';
import type { RenderProgress, Rendered, RenderTask } from './messages.ts';
import { progressOf } from './progress.ts';

/** Models kept in memory: the one in use and the one before. */
const KEPT_MODELS = 2;

interface Studio {
  readonly model: Model;
  readonly networks: ScoredNetworks;
  readonly chosen: ChosenEngine;
  readonly picture: Picture;
  readonly mask: Image | undefined;
}

interface Finished {
  readonly image: Image;
  readonly scores: readonly number[];
}

export class Renderer {
  readonly #models = new Map<string, Promise<Model>>();
  readonly #networks = new ScoredNetworksByModel();
  readonly #engines: RenderEngines;
  #screening: Screen | undefined;

  constructor(engines = new RenderEngines()) {
    this.#engines = engines;
  }

  /** @throws DreamError, 'cancelled' within one step of the signal */
  async render(task: RenderTask, reporting: Reporting<RenderProgress>): Promise<Rendered> {
    const began = performance.now();
    const studio = await this.#prepare(task);
    const doubtful = await this.#screen(task, studio);
    const shown = doubtful ? withoutPreviews(reporting) : reporting;
    const { png, image, stepSeconds, notices, ...told } =
      task.job.kind === 'dream'
        ? await dreamed({ ...task, job: task.job }, studio, shown)
        : await sheeted({ ...task, job: task.job }, studio, shown);
    // Nobody would ask for the file, or remove it.
    throwIfCancelled(reporting.signal);
    await writeFileAtomically(task.resultPath, png);
    const { rows, columns } = image;
    const seconds = (performance.now() - began) / 1000;
    const engine = studio.chosen.engine.describe();
    const result = {
      ...{ rows, columns, ...told, engine, seconds },
      notices: [...notices, ...this.#engines.told()],
    };
    return { result: doubtful ? { ...result, doubtful } : result, stepSeconds };
  }

  async #prepare(task: RenderTask): Promise<Studio> {
    const { job, picturePath, maskPath, facts, modelsFolder } = task;
    const loading = this.#model(job.model, modelsFolder);
    const [model, chosen, picture, mask] = await Promise.all([
      loading,
      this.#engines.for(task, loading),
      readStored(picturePath),
      maskPath === undefined ? undefined : readStored(maskPath).then(maskPicture),
    ]);
    const networks = this.#networks.of(model);
    return { model, networks, chosen, picture: { ...picture, ...facts }, mask };
  }

  /** @throws DreamError 'picture-refused' */
  async #screen({ screening }: RenderTask, { chosen, picture }: Studio): Promise<boolean> {
    if (screening === 'off') return false;
    this.#screening ??= new Screen(chosen.engine);
    const doubtful = await this.#screening.isDoubtful(picture.image);
    if (doubtful && screening === 'refuse') throw refusal();
    return doubtful;
  }

  async #model(name: string, folder: string): Promise<Model> {
    // One that was replaced since is another.
    const key = `${name} ${await modelStamp(name, folder)}`;
    const model = this.#models.get(key) ?? loadModel(name, folder);
    // The last used is the last in the map.
    this.#models.delete(key);
    this.#models.set(key, model);
    model.catch(() => this.#models.delete(key));
    const oldest = [...this.#models.keys()].slice(0, -KEPT_MODELS);
    for (const left of oldest) this.#models.delete(left);
    return model;
  }
}

/** A veil over the result helps nobody who has seen it grow. */
function withoutPreviews({
  signal,
  progress,
}: Reporting<RenderProgress>): Reporting<RenderProgress> {
  return {
    signal,
    progress: ({ fraction, octave, octaves }) => {
      progress({ fraction, octave, octaves });
    },
  };
}

type JobOf<Kind> = RenderTask & { readonly job: Extract<RenderTask['job'], { kind: Kind }> };

type Made = Pick<OrderResult, 'formula' | 'notices' | 'scores' | 'evidence'> & {
  readonly png: Uint8Array;
  readonly image: Image;
  readonly stepSeconds: number;
};

async function dreamed(
  { job, version }: JobOf<'dream'>,
  { model, networks, chosen, picture, mask }: Studio,
  reporting: Reporting<RenderProgress>,
): Promise<Made> {
  const { recipe, deepLayers, size } = job;
  const plan = planRender(model, { picture, recipe, deepLayers, mask }, networks);
  const { finished, stepSeconds } = await climbed([plan], chosen, reporting);
  const [{ image, scores }] = finished as [Finished];
  const { request } = chosen;
  const text = imprintText({
    ...{ recipe, model: model.name, modelHash: await model.hash(), size, version },
    modelDescription: hashOfDescription(model),
    engine: { description: chosen.engine.describe(), request },
    ...(mask ? { mask: hashOfMask(mask) } : {}),
  });
  const { alpha } = picture;
  const png = await encodePicture(image, { format: 'png', text, ...(alpha ? { alpha } : {}) });
  const { formula, notices } = plan;
  const made = { png, image, formula, notices, scores, stepSeconds };
  if (recipe.class === undefined) return made;
  const { image: after } = await readPicture(png, { maxPixels: image.rows * image.columns });
  const { class: words, place } = recipe;
  const asked = { words, place, before: picture.image, after, curve: scores };
  return { ...made, evidence: await gatherEvidence(model, chosen.engine, asked) };
}

async function sheeted(
  { job }: JobOf<'sheet'>,
  { model, networks, chosen, picture }: Studio,
  reporting: Reporting<RenderProgress>,
): Promise<Made> {
  const { recipe, layers, deepLayers } = job;
  const tiles = planTiles(model, layers, { picture, recipe, deepLayers }, networks);
  const plans = tiles.map(({ plan }) => plan);
  const { finished, stepSeconds } = await climbed(plans, chosen, reporting);
  const image = composeSheet([
    { label: ORIGINAL, image: picture.image },
    ...tiles.map(({ layer }, index) => ({ label: layer, image: finished[index]!.image })),
  ]);
  return {
    ...{ image, png: await encodePicture(image, { format: 'png' }), stepSeconds },
    formula: plans.map(({ formula }) => formula).join(', '),
    notices: noticesOf(tiles),
    scores: finished.flatMap(({ scores }) => scores),
  };
}

/** Runs plans one after another. */
async function climbed(
  plans: readonly RenderPlan[],
  { engine }: ChosenEngine,
  { signal, progress }: Reporting<RenderProgress>,
): Promise<{ finished: Finished[]; stepSeconds: number }> {
  const began = performance.now();
  const told = progressOf(plans, progress);
  const finished: Finished[] = [];
  for (const [index, plan] of plans.entries()) {
    const scores: number[] = [];
    const frames = plan.run(engine, signal);
    for (;;) {
      const next = await frames.next();
      if (next.done) {
        finished.push({ image: next.value, scores });
        break;
      }
      if (next.value.between !== true) scores.push(next.value.score);
      await told(index, next.value);
      // Engines compute without a pause; this is when a cancel gets through.
      await setImmediate();
    }
  }
  return { finished, stepSeconds: (performance.now() - began) / 1000 };
}

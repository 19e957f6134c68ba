/** The models of a host for those who ask: names, layers, suggestions, and what a job may be. */
import { recipeSchema } from '../dream/recipe.ts';
import type { Recipe } from '../dream/recipe.ts';
import { DreamError } from '../kit/errors.ts';
import type { Weight } from './allowance.ts';
import { loadModel } from './catalogue.ts';
import type { Model } from './catalogue.ts';
import { targetsOf } from './classes.ts';
import { modelStamp } from './descriptions.ts';
import type { ModelDescription } from './descriptions.ts';
import { withoutFlags } from './failure.ts';
import { hasLayers, pictureLayers } from './layers.ts';
import { ModelFolder } from './model-folder.ts';
import type { BrokenModel, ModelFolderOptions } from './model-folder.ts';
import { modelWithClass } from './model-with-class.ts';
import type { Job } from './order.ts';
import type { PictureFacts } from './picture-facts.ts';
import { planRender } from './render.ts';
import { ScoredNetworksByModel } from './scored-networks.ts';
import type { ScoredNetworks } from './scored-networks.ts';
import { recipesOf } from './sheet.ts';
import { matching } from './suggest.ts';

const MOST_SUGGESTIONS = 25;

/** Models kept in memory, those that were asked for last: each holds its network's file. */
const KEPT_MODELS = 8;

export interface ModelsOptions extends ModelFolderOptions {
  /** Whether jobs may ask for layers beyond a model's deepest. @default false */
  readonly deepLayers?: boolean;
}

export class Models {
  readonly folder: string;
  readonly #deepLayers: boolean;
  readonly #all: ModelFolder;
  /**
   * By name and stamp: what is replaced while the bot runs is loaded anew. The last asked for is the
   * last in the map.
   */
  readonly #loaded = new Map<string, { stamp: string; model: Promise<Model> }>();
  readonly #scored = new ScoredNetworksByModel();

  constructor({ deepLayers = false, ...options }: ModelsOptions = {}) {
    this.#all = new ModelFolder(options);
    this.folder = this.#all.folder;
    this.#deepLayers = deepLayers;
  }

  /** Models whose description can be read, by name. */
  list(): Promise<ModelDescription[]> {
    return this.#all.list();
  }

  /** @param patience milliseconds for folders that have just come. */
  broken(patience?: number): Promise<BrokenModel[]> {
    return this.#all.broken(patience);
  }

  async names(): Promise<string[]> {
    return (await this.list()).map(({ name }) => name);
  }

  /** @throws DreamError 'unknown-model' or 'bad-model' */
  async describe(name: string): Promise<ModelDescription> {
    return this.#load(name);
  }

  /**
   * The layers that people may dream at, in the network's order.
   * @param deep whether those beyond the model's deepest are among them.
   * @throws as `describe`
   */
  async layersOf(name: string, deep = false): Promise<string[]> {
    return pictureLayers(await this.#load(name), deep && this.#deepLayers);
  }

  /** `words` (a recipe's `layer`) where the model has all layers that they name, else its default. */
  async layerFor(name: string, words: string): Promise<string> {
    const model = await this.#load(name);
    return hasLayers(model, words) ? words : model.defaultLayer;
  }

  /** Names for what has been typed so far, best first; none where the model is unknown. */
  async suggest(
    kind: 'model' | 'layer' | 'class',
    text: string,
    model?: string,
  ): Promise<string[]> {
    if (kind === 'model') return matching(text, await this.names(), MOST_SUGGESTIONS);
    if (kind === 'class') return this.#suggestClasses(text, model);
    try {
      const loaded = await this.#load(model ?? '');
      const names = pictureLayers(loaded, false);
      // The last of several: `mixed2:0.2,mix` goes on with `mixed2:0.2,mixed3`.
      const start = text.lastIndexOf(',') + 1;
      const best = [...new Set([...loaded.layersWorthDreaming, ...names])];
      const found = matching(text.slice(start).trim(), best, MOST_SUGGESTIONS);
      return found.map((layer) => `${text.slice(0, start)}${layer}`);
    } catch (error) {
      if (error instanceof DreamError) return [];
      throw error;
    }
  }

  /**
   * The model that a class is of, where no model is named.
   * @throws DreamError 'unknown-class' where not exactly one has it
   */
  async modelWithClass(words: string): Promise<string> {
    const classifiers = (await this.list()).filter(({ dreamableClasses }) => dreamableClasses);
    return modelWithClass(words, classifiers);
  }

  /**
   * All that can be checked without the picture.
   * @throws DreamError 'unknown-model', 'unknown-layer', 'bad-channel' or 'bad-option'
   */
  async checkJob(job: Job): Promise<void> {
    if (job.deepLayers && !this.#deepLayers) {
      throw new DreamError('not-allowed', "layers beyond a model's deepest are off here");
    }
    try {
      const model = await this.#load(job.model);
      const networks = this.#scored.of(model);
      for (const recipe of recipesOf(job)) checkRecipe(model, recipe, job.deepLayers, networks);
    } catch (error) {
      throw withoutFlags(error);
    }
  }

  /**
   * How much a job on a picture asks for.
   * @param masked whether it is kept to a mask, which not every dream takes.
   * @throws DreamError as `planRender`: 'picture-too-small' and what `checkJob` finds
   */
  async weigh(job: Job, facts: PictureFacts, masked = false): Promise<Weight> {
    const model = await this.#load(job.model);
    const { deepLayers } = job;
    // A plan looks at the size alone.
    const image = { rows: facts.rows, columns: facts.columns, data: new Float32Array() };
    const request = { picture: { ...facts, image }, deepLayers, mask: masked ? image : undefined };
    const plans = recipesOf(job).map((recipe) =>
      planRender(model, { ...request, recipe }, this.#scored.of(model)),
    );
    const sizes = plans.flatMap((plan) => plan.sizes);
    return {
      units: plans.reduce((sum, plan) => sum + plan.work(), 0),
      largest: sizes.reduce((one, other) => (other.rows > one.rows ? other : one)),
    };
  }

  /** Of one model, or of all whose classes can be dreamed of. */
  async #suggestClasses(text: string, model: string | undefined): Promise<string[]> {
    const models = (await this.list()).filter(
      ({ name, dreamableClasses }) => dreamableClasses && (model === undefined || name === model),
    );
    const start = text.lastIndexOf(',') + 1;
    const labels = [...new Set(models.flatMap((each) => each.labels))];
    const found = matching(text.slice(start).trim(), labels, MOST_SUGGESTIONS);
    return found.map((label) => `${text.slice(0, start)}${label}`);
  }

  /** Its graph, without weights. */
  async #load(name: string): Promise<Model> {
    const stamp = await modelStamp(name, this.folder);
    const known = this.#loaded.get(name);
    // Names come from strangers: one that is none takes no other's room.
    if (stamp === 'missing') return loadModel(name, this.folder);
    const loaded = known?.stamp === stamp ? known : { stamp, model: loadModel(name, this.folder) };
    this.#loaded.delete(name);
    this.#loaded.set(name, loaded);
    const [oldest] = this.#loaded.keys();
    if (this.#loaded.size > KEPT_MODELS) this.#loaded.delete(oldest!);
    // What is wrong can be put right while the bot runs.
    loaded.model.catch(() => {
      if (this.#loaded.get(name) === loaded) this.#loaded.delete(name);
    });
    return loaded.model;
  }
}

function checkRecipe(
  model: Model,
  recipe: Recipe,
  deepLayers: boolean,
  networks: ScoredNetworks,
): void {
  const checked = recipeSchema.safeParse(recipe);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw new DreamError('bad-option', `${path.join('.')}: ${message}`);
  }
  if (recipe.class !== undefined) {
    targetsOf(model, recipe.class);
    return;
  }
  networks.of(recipe, deepLayers);
}

/** The models of a host for those who ask: names, layers, suggestions, and what a job may be. */
import { recipeSchema } from '../dream/recipe.ts';
import type { Recipe } from '../dream/recipe.ts';
import { DreamError } from '../kit/errors.ts';
import { parseObjective } from '../objectives/parse.ts';
import { describeModel, loadModel, modelNames, MODELS } from './catalogue.ts';
import type { Model, ModelDescription } from './catalogue.ts';
import { pixelSteps, workPerPixel } from './cost.ts';
import { withoutFlags } from './failure.ts';
import { checkDepth, hasLayers, pictureLayers, withObjective } from './layers.ts';
import type { Job } from './order.ts';
import type { PictureFacts } from './picture-facts.ts';
import { planRender } from './render.ts';
import { recipesOf } from './sheet.ts';
import { matching } from './suggest.ts';

const MOST_SUGGESTIONS = 25;

export interface ModelsOptions {
  /** One folder for each model. @default those that come with the program */
  readonly folder?: string;
  /** Whether jobs may ask for layers beyond a model's deepest. @default false */
  readonly deepLayers?: boolean;
}

/** A folder in `models/` that cannot be used, and why. */
export interface BrokenModel {
  readonly name: string;
  readonly error: Error;
}

export class Models {
  readonly folder: string;
  readonly #deepLayers: boolean;
  readonly #loaded = new Map<string, Promise<Model>>();

  constructor({ folder = MODELS, deepLayers = false }: ModelsOptions = {}) {
    this.folder = folder;
    this.#deepLayers = deepLayers;
  }

  /** Models whose description can be read, by name. */
  async list(): Promise<ModelDescription[]> {
    return (await this.#described()).good;
  }

  async broken(): Promise<BrokenModel[]> {
    return (await this.#described()).broken;
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
  async suggest(kind: 'model' | 'layer', text: string, model?: string): Promise<string[]> {
    if (kind === 'model') return matching(text, await this.names(), MOST_SUGGESTIONS);
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
   * All that can be checked without the picture.
   * @throws DreamError 'unknown-model', 'unknown-layer', 'bad-channel' or 'bad-option'
   */
  async checkJob(job: Job): Promise<void> {
    if (job.deepLayers && !this.#deepLayers) {
      throw new DreamError('not-allowed', "layers beyond a model's deepest are off here");
    }
    try {
      const model = await this.#load(job.model);
      for (const recipe of recipesOf(job)) checkRecipe(model, recipe, job.deepLayers);
    } catch (error) {
      throw withoutFlags(error);
    }
  }

  /**
   * How much work a job on a picture is, in units that only the estimator reads.
   * @throws DreamError as `planRender`: 'picture-too-small' and what `checkJob` finds
   */
  async work(job: Job, facts: PictureFacts): Promise<number> {
    const model = await this.#load(job.model);
    const { deepLayers } = job;
    // A plan looks at the size alone.
    const image = { rows: facts.rows, columns: facts.columns, data: new Float32Array() };
    return recipesOf(job)
      .map((recipe) => {
        const plan = planRender(model, { picture: { ...facts, image }, recipe, deepLayers });
        const scored = withObjective(model.graph, parseObjective(recipe.layer, recipe));
        return workPerPixel(scored) * pixelSteps(plan.sizes, recipe.steps);
      })
      .reduce((sum, units) => sum + units, 0);
  }

  /** Its graph, without weights. */
  #load(name: string): Promise<Model> {
    const known = this.#loaded.get(name);
    if (known) return known;
    const loading = loadModel(name, this.folder);
    this.#loaded.set(name, loading);
    // What is wrong can be put right while the bot runs.
    loading.catch(() => this.#loaded.delete(name));
    return loading;
  }

  async #described(): Promise<{ good: ModelDescription[]; broken: BrokenModel[] }> {
    const good: ModelDescription[] = [];
    const broken: BrokenModel[] = [];
    for (const name of await modelNames(this.folder)) {
      try {
        good.push(await describeModel(name, this.folder));
      } catch (error) {
        broken.push({ name, error: error as Error });
      }
    }
    return { good, broken };
  }
}

function checkRecipe(model: Model, recipe: Recipe, deepLayers: boolean): void {
  const checked = recipeSchema.safeParse(recipe);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0]!;
    throw new DreamError('bad-option', `${path.join('.')}: ${message}`);
  }
  const scored = withObjective(model.graph, parseObjective(recipe.layer, recipe));
  if (!deepLayers) checkDepth(model, recipe.layer, scored.nodes.keys());
}

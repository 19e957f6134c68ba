/** Ascents for pictures of any size, in bounded memory. */
import type { NodeRef } from '../../graph/graph.ts';
import type { ScoredGraph } from '../ascent-graph.ts';
import type { Ascent, PictureSize, Planes, PrepareOptions, ScoreAndGradient } from '../engine.ts';
import type { Compiler } from '../program.ts';
import { wholeAscent } from '../whole.ts';
import type { Parameters } from '../whole.ts';
import { memoryFor } from './budget.ts';
import type { Budget } from './budget.ts';
import { calibrateTiled } from './calibration.ts';
import { wholeBytesPerPixel } from './costs.ts';
import { NotLocal } from './locality.ts';
import { Planner } from './plan.ts';
import type { Plan } from './plan.ts';
import { StagedGradient } from './staged.ts';

/**
 * Computes gradients in one piece where they fit in the budget, else in stages and tiles; the
 * values are the same. A network that cannot be tiled always runs in one piece.
 *
 * @param expected what is known of the pictures that will come
 */
export function largeAscent(
  compiler: Compiler,
  scored: ScoredGraph,
  budget: Budget,
  expected: Expected = {},
): Promise<Ascent> {
  return Promise.resolve(new LargeAscent(compiler, scored, budget, expected));
}

type Expected = Pick<PrepareOptions, 'largest' | 'brief'>;

/** No network's values take more: smaller pictures are not worth the question. */
const MOST_BYTES_PER_PIXEL = 3000;

class LargeAscent implements Ascent {
  readonly #parameters: Parameters = new Map();
  readonly #plans = new Map<string, Plan | null>();
  #wholeBytesPerPixel: number | null = null;
  #planner: Planner | null = null;
  #whole: Ascent | null = null;
  #staged: { cuts: readonly NodeRef[]; gradient: StagedGradient } | null = null;

  constructor(
    private readonly compiler: Compiler,
    private readonly scored: ScoredGraph,
    private readonly budget: Budget,
    private readonly expected: Expected,
  ) {}

  async calibrate(picture: Planes): Promise<void> {
    if (!this.#planFor(picture)) return (await this.#wholeOne()).calibrate(picture);
    const memory = this.#forTiles(picture);
    return calibrateTiled(this.compiler, this.scored, this.#parameters, { picture, memory });
  }

  async at(picture: Planes): Promise<ScoreAndGradient> {
    const plan = this.#planFor(picture);
    if (!plan) return (await this.#wholeOne()).at(picture);
    return (await this.#stagedAt(plan.cuts)).at(picture, this.#parameters, plan.sides);
  }

  async dispose(): Promise<void> {
    await this.#disposeWhole();
    await this.#disposeStaged();
  }

  /** `null` for a picture whose gradient is computed in one piece. */
  #planFor(picture: PictureSize): Plan | null {
    const key = `${picture.rows}×${picture.columns}`;
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = this.#fitsWhole(picture) ? null : this.#stagedPlan(picture);
    this.#plans.set(key, plan);
    return plan;
  }

  #fitsWhole(picture: PictureSize): boolean {
    const { whole, tiled } = this.budget;
    const { largest = picture } = this.expected;
    return this.#fits(picture, this.#fits(largest, whole) ? whole : tiled);
  }

  #fits(picture: PictureSize, memory: number): boolean {
    const left = memoryFor(this.expected.largest ?? picture, memory);
    const values = left / (picture.rows * picture.columns * this.compiler.memoryFactor);
    if (MOST_BYTES_PER_PIXEL <= values) return true;
    this.#wholeBytesPerPixel ??= wholeBytesPerPixel(this.scored);
    return this.#wholeBytesPerPixel <= values;
  }

  #forTiles(picture: PictureSize): number {
    return memoryFor(this.expected.largest ?? picture, this.budget.tiled);
  }

  #stagedPlan(picture: PictureSize): Plan | null {
    try {
      this.#planner ??= new Planner(this.scored, this.compiler.memoryFactor);
      return this.#planner.planFor(picture, this.#forTiles(picture));
    } catch (error) {
      if (error instanceof NotLocal) return null;
      throw error;
    }
  }

  async #wholeOne(): Promise<Ascent> {
    await this.#disposeStaged();
    return (this.#whole ??= await wholeAscent(this.compiler, this.scored, {
      parameters: this.#parameters,
      brief: this.expected.brief,
    }));
  }

  async #stagedAt(cuts: readonly NodeRef[]): Promise<StagedGradient> {
    // What the other kind holds would come on top.
    await this.#disposeWhole();
    if (this.#staged?.cuts.join() !== cuts.join()) {
      await this.#disposeStaged();
      const gradient = await StagedGradient.compile(this.compiler, this.scored, cuts);
      this.#staged = { cuts, gradient };
    }
    return this.#staged.gradient;
  }

  async #disposeWhole(): Promise<void> {
    await this.#whole?.dispose();
    this.#whole = null;
  }

  async #disposeStaged(): Promise<void> {
    await this.#staged?.gradient.dispose();
    this.#staged = null;
  }
}

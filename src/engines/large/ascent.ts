/** Ascents for pictures of any size, in bounded memory. */
import type { NodeRef } from '../../graph/graph.ts';
import type { ScoredGraph } from '../ascent-graph.ts';
import type { Ascent, PictureSize, Planes, ScoreAndGradient } from '../engine.ts';
import type { Compiler } from '../program.ts';
import { calibrateWhole, wholeAscent } from '../whole.ts';
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
 * Computes gradients in one piece where they fit in the budget, else
 * in stages and tiles; the values are the same. A network that cannot be tiled always runs in one
 * piece.
 */
export function largeAscent(compiler: Compiler, scored: ScoredGraph, budget: Budget): Promise<Ascent> {
  return Promise.resolve(new LargeAscent(compiler, scored, budget));
}

class LargeAscent implements Ascent {
  readonly #parameters: Parameters = new Map();
  readonly #plans = new Map<string, Plan | null>();
  readonly #wholeBytesPerPixel: number;
  #planner: Planner | null = null;
  #whole: Ascent | null = null;
  #staged: { cuts: readonly NodeRef[]; gradient: StagedGradient } | null = null;

  constructor(
    private readonly compiler: Compiler,
    private readonly scored: ScoredGraph,
    private readonly budget: Budget,
  ) {
    this.#wholeBytesPerPixel = wholeBytesPerPixel(scored) * compiler.memoryFactor;
  }

  calibrate(picture: Planes): Promise<void> {
    const plan = this.#planFor(picture);
    return plan
      ? calibrateTiled(this.compiler, this.scored, this.#parameters, { picture, memory: memoryFor(picture, this.budget) })
      : calibrateWhole(this.compiler, this.scored, this.#parameters, picture);
  }

  async at(picture: Planes): Promise<ScoreAndGradient> {
    const plan = this.#planFor(picture);
    if (plan) return (await this.#stagedAt(plan.cuts)).at(picture, this.#parameters, plan.sides);
    await this.#disposeStaged();
    this.#whole ??= await wholeAscent(this.compiler, this.scored, this.#parameters);
    return this.#whole.at(picture);
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
    const memory = memoryFor(picture, this.budget);
    const fits = this.#wholeBytesPerPixel * picture.rows * picture.columns <= memory;
    const plan = fits ? null : this.#stagedPlan(picture, memory);
    this.#plans.set(key, plan);
    return plan;
  }

  #stagedPlan(picture: PictureSize, memory: number): Plan | null {
    try {
      this.#planner ??= new Planner(this.scored, this.compiler.memoryFactor);
      return this.#planner.planFor(picture, memory);
    } catch (error) {
      if (error instanceof NotLocal) return null;
      throw error;
    }
  }

  async #stagedAt(cuts: readonly NodeRef[]): Promise<StagedGradient> {
    // What the other kind holds would come on top.
    await this.#disposeWhole();
    if (this.#staged?.cuts.join() !== cuts.join()) {
      await this.#disposeStaged();
      const gradient = await StagedGradient.compile(this.compiler, this.scored, cuts);
      this.#staged = { cuts, gradient };
    }
    return this.#staged!.gradient;
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

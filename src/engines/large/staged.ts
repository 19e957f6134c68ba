/** A gradient in stages, each of them computed tile by tile. */
import type { NodeRef } from '../../graph/graph.ts';
import type { ScoredGraph } from '../ascent-graph.ts';
import type { PictureSize, Planes, ScoreAndGradient } from '../engine.ts';
import { GRADIENT } from '../program.ts';
import type { Compiler, Program } from '../program.ts';
import { shareValues } from '../whole.ts';
import type { Parameters } from '../whole.ts';
import { TileRunner } from './tile-runner.ts';
import { backwardPass, forwardPass, sizeAt } from './placement.ts';
import { headOf, stagesOf } from './stages.ts';
import type { Stage } from './stages.ts';
import { Sums } from './sums.ts';
import type { Grid } from './tiles.ts';
import { Workspace } from './workspace.ts';

interface Compiled {
  readonly stage: Stage;
  readonly forward: Program | null;
  readonly backward: Program;
}

export class StagedGradient {
  readonly #workspace = new Workspace();
  readonly #runner = new TileRunner(this.#workspace);

  private constructor(
    private readonly scored: ScoredGraph,
    private readonly stages: readonly Compiled[],
    private readonly head: Program,
  ) {}

  /**
   * @param cuts some of `cutsOf`, in order
   * @throws NotLocal
   */
  static async compile(
    compiler: Compiler,
    scored: ScoredGraph,
    cuts: readonly NodeRef[],
  ): Promise<StagedGradient> {
    const { graph, score } = scored;
    const compiled: Compiled[] = [];
    for (const stage of stagesOf(graph, score, cuts)) {
      const forward = stage.forward && (await compiler.compile(stage.forward));
      // Memory is for one program at a time.
      await forward?.close();
      const backward = await compiler.compile(stage.backward);
      await backward.close();
      compiled.push({ stage, forward, backward });
    }
    return new StagedGradient(scored, compiled, await compiler.compile(headOf(graph, [score])));
  }

  /**
   * @param sides the largest tiles of each stage, in cells of its start, halo included
   * @returns a gradient that is valid until the next call
   */
  async at(
    picture: Planes,
    parameters: Parameters,
    sides: readonly PictureSize[],
  ): Promise<ScoreAndGradient> {
    const sizes = this.#sizesAt(picture);
    this.#workspace.reserve(
      Math.max(...sizes.map((size) => size.channels * size.rows * size.columns)),
    );
    const sums = new Sums();
    this.stages.forEach(({ stage }, index) => {
      sums.expect(stage.sums, stage.trunk, sizes[index]!);
    });
    const feeds = new Map([
      ...parameters,
      ...shareValues(this.scored.shares, picture),
      ...sums.shares(),
    ]);
    const starts = await this.#forward({ ...picture, channels: 3 }, { sizes, sides, feeds });
    const gradient = await this.#backward(starts, { sizes, sides, feeds, sums });
    const results = await this.head.run(new Map([...feeds, ...sums.values()]));
    return { score: results.get(this.scored.score)!.data[0]!, gradient };
  }

  async dispose(): Promise<void> {
    for (const { forward, backward } of this.stages) {
      await forward?.dispose();
      await backward.dispose();
    }
    await this.head.dispose();
  }

  /** The tensors at the stages' starts. */
  async #forward(picture: Grid, { sizes, sides, feeds }: Run): Promise<Grid[]> {
    const starts = [picture];
    for (const [index, { stage, forward }] of this.stages.entries()) {
      if (forward === null) break;
      const [start, end] = [starts[index]!, this.#workspace.grid(sizes[index + 1]!)];
      const pass = { ...forwardPass(stage), program: forward, side: sides[index]! };
      await this.#runner.run(pass, { start, feeds }, (result) => {
        result.paste(stage.end!, stage.end!, end);
      });
      starts.push(end);
    }
    return starts;
  }

  /** ∂score/∂picture, and the terms of the score. */
  async #backward(starts: readonly Grid[], run: Run & { sums: Sums }): Promise<Float32Array> {
    let cotangent: Grid | null = null;
    for (const [index, { stage, backward }] of [...this.stages.entries()].reverse()) {
      const start = starts[index]!;
      const gradient = this.#workspace.grid(run.sizes[index]!);
      const pass = { ...backwardPass(stage), program: backward, side: run.sides[index]! };
      const end = cotangent && { input: stage.cotangent!, node: stage.end!, values: cotangent };
      await this.#runner.run(pass, { start, feeds: run.feeds, end }, (result) => {
        result.paste(GRADIENT, GRADIENT, gradient);
        for (const sum of stage.sums) result.add(sum, run.sums);
      });
      if (cotangent) this.#workspace.free(cotangent);
      if (index > 0) this.#workspace.free(start);
      cotangent = gradient;
    }
    // The next call takes this memory again.
    this.#workspace.free(cotangent);
    return cotangent!.data;
  }

  #sizesAt(picture: PictureSize): Omit<Grid, 'data'>[] {
    let size = picture;
    return this.stages.map(({ stage: { trunk, end, channels } }) => {
      const { rows, columns } = size;
      if (end !== null) size = sizeAt(trunk, end, size);
      return { channels, rows, columns };
    });
  }
}

interface Run {
  readonly sizes: readonly Omit<Grid, 'data'>[];
  readonly sides: readonly PictureSize[];
  readonly feeds: Parameters;
}

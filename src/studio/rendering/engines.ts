/** The engines of a render process: one for each model, and what they have to say. */
import { chooseEngine } from '../../engines/choose.ts';
import type { ChosenEngine } from '../../engines/choose.ts';
import { keepingLast } from '../../engines/kept.ts';
import type { Model } from '../catalogue.ts';
import { measuredModel } from '../measured-model.ts';
import type { RenderTask } from './messages.ts';

const AFTER_A_CRASH =
  'The first try of this dream ended its process; it was dreamed again on the processor.';

export class RenderEngines {
  readonly #chosen = new Map<string, Promise<ChosenEngine>>();
  #told: string[] = [];

  constructor(private readonly choose = chooseEngine) {}

  async for(task: RenderTask, model: Promise<Model>): Promise<ChosenEngine> {
    this.#told = [];
    const chosen = await this.#choose(task, model);
    if (task.cautious !== true || chosen.request.provider === 'cpu') return chosen;
    this.#tell(AFTER_A_CRASH);
    return this.choose({ engine: 'onnx', provider: 'cpu' });
  }

  /** Since the task began. */
  told(): readonly string[] {
    return this.#told;
  }

  #choose(task: RenderTask, model: Promise<Model>): Promise<ChosenEngine> {
    const { job, engine, measurements } = task;
    const known = this.#chosen.get(job.model);
    if (known) return known;
    const chosen = this.choose(engine, {
      model: async () => measuredModel(await model),
      measurements,
      tell: (notice) => {
        this.#tell(notice);
      },
    }).then((found) => ({ ...found, engine: keepingLast(found.engine) }));
    this.#chosen.set(job.model, chosen);
    // What is out now may work again for the next task.
    chosen.catch(() => this.#chosen.delete(job.model));
    return chosen;
  }

  #tell(notice: string): void {
    this.#told.push(notice);
  }
}

/** Looks at pictures before they are dreamed on: the bundled network was made to tell such. */
import type { Image } from '../dream/image.ts';
import { sample } from '../dream/windows/sample.ts';
import { wholeWindow } from '../dream/windows/window.ts';
import type { GradientEngine } from '../engines/engine.ts';
import { DreamError } from '../kit/errors.ts';
import { loadModel } from './catalogue.ts';
import type { Model } from './catalogue.ts';
import { classReader, pictureSizeOf } from './classes.ts';
import type { ClassReader } from './classes.ts';
import { DEFAULT_MODEL } from './defaults.ts';

/** What is done about a picture that is probably explicit; `warn` puts the dream behind a veil. */
export type Screening = 'off' | 'warn' | 'refuse';

/** From this probability on, of all such classes together, a picture is doubtful. */
const DOUBT = 0.7;

export class Screen {
  #opened: Promise<{ reader: ClassReader; model: Model }> | undefined;

  /** @param open the network that looks: the bundled one, wherever a host keeps its own. */
  constructor(
    private readonly engine: GradientEngine,
    private readonly open: () => Promise<Model> = () => loadModel(DEFAULT_MODEL),
  ) {}

  /** @param image [3, rows, columns], 0..255. */
  async isDoubtful(image: Image): Promise<boolean> {
    const { reader, model } = await this.#ready();
    const seen = sample(image, wholeWindow(image), pictureSizeOf(model));
    return explicitShare(model, await reader.probabilities(seen)) >= DOUBT;
  }

  /** Opened once; what is out now may work again for the next picture. */
  #ready(): Promise<{ reader: ClassReader; model: Model }> {
    if (this.#opened) return this.#opened;
    const opened = this.open().then(async (model) => {
      return { model, reader: await classReader(model, this.engine) };
    });
    this.#opened = opened;
    opened.catch(() => (this.#opened = undefined));
    return opened;
  }
}

/** @param probabilities one a label, 0 … 1. */
export function explicitShare(
  { labels, explicitLabels }: Pick<Model, 'labels' | 'explicitLabels'>,
  probabilities: readonly number[],
): number {
  return labels.reduce(
    (sum, label, index) => (explicitLabels.includes(label) ? sum + probabilities[index]! : sum),
    0,
  );
}

export function refusal(): DreamError {
  return new DreamError(
    'picture-refused',
    'this picture looks explicit, and this bot does not dream on such pictures',
    'If it is not, choose another part of it, or ask the people who run the bot.',
  );
}

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
  readonly #reader: Promise<{ reader: ClassReader; model: Model }>;

  /** @param opened the network that looks: the bundled one, wherever a host keeps its own. */
  constructor(engine: GradientEngine, opened: Promise<Model> = loadModel(DEFAULT_MODEL)) {
    this.#reader = opened.then(async (model) => {
      return { model, reader: await classReader(model, engine) };
    });
    // Told to whoever asks.
    this.#reader.catch(() => undefined);
  }

  /** @param image [3, rows, columns], 0..255. */
  async isDoubtful(image: Image): Promise<boolean> {
    const { reader, model } = await this.#reader;
    const seen = sample(image, wholeWindow(image), pictureSizeOf(model));
    return explicitShare(model, await reader.probabilities(seen)) >= DOUBT;
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

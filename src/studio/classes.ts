/** The classes of a model: their names, what climbs them, and what a picture shows of them. */
import type { Evaluation, GradientEngine, PictureSize, Planes } from '../engines/engine.ts';
import { slice } from '../graph/graph.ts';
import type { Graph } from '../graph/graph.ts';
import { DreamError } from '../kit/errors.ts';
import { classLogit } from '../objectives/class-logit.ts';
import type { ClassView } from '../objectives/class-logit.ts';
import { parseClasses } from '../objectives/class-words.ts';
import type { ClassTerm } from '../objectives/class-words.ts';
import { logitsOf, probabilitiesOf } from '../objectives/logits.ts';
import type { Logits } from '../objectives/logits.ts';
import type { Objective } from '../objectives/objective.ts';
import { weightedSum } from '../objectives/weighted-sum.ts';
import { inferShapes } from '../ops/shapes.ts';
import type { Model } from './catalogue.ts';

/** For networks that take pictures of any size and say of none what they were trained on. */
const USUAL_SIDE = 224;

export type Classifier = Pick<
  Model,
  'name' | 'input' | 'classifier' | 'output' | 'labels' | 'inputSize' | 'dreamableClasses' | 'ready'
>;

/** The size of the pictures that a model tells apart. */
export function pictureSizeOf({ inputSize: [rows, columns] }: Classifier): PictureSize {
  return { rows: rows ?? columns ?? USUAL_SIDE, columns: columns ?? rows ?? USUAL_SIDE };
}

/**
 * The classes that words name, as targets of a dream.
 *
 * @throws DreamError 'not-allowed' where the model's classes are none, 'unknown-class', 'bad-option'
 */
export function targetsOf(model: Classifier, words: string): ClassTerm[] {
  if (!model.dreamableClasses) {
    throw new DreamError(
      'not-allowed',
      `the classes of ${model.name} are for screening pictures, never for dreaming of them`,
      'Choose a model of your own with --model; its layers can be dreamed at with --layer.',
    );
  }
  return parseClasses(words, labelsOf(model));
}

/** The labels; where the model has none, the classes are numbered. */
export function labelsOf(model: Classifier): readonly string[] {
  if (model.labels.length > 0) return model.labels;
  const scores = scoresOf(model);
  return Array.from({ length: scores === 1 ? 2 : scores }, (_, index) => String(index));
}

/** Σ weight · logit, less the model's other classes as far as `rivals` says. */
export function classObjective(
  model: Classifier,
  targets: readonly ClassTerm[],
  rivals: ClassView['rivals'],
): Objective {
  const { output } = model;
  const scores = scoresOf(model);
  const terms = targets.map(({ weight, ...target }) => ({
    weight,
    objective: classLogit({ output, scores, rivals, ...target }),
  }));
  return terms.length === 1 && terms[0]!.weight === 1 ? terms[0]!.objective : weightedSum(terms);
}

/** Says how probable a model finds each class in pictures of `pictureSizeOf`. */
export interface ClassReader {
  readonly squash: Logits['squash'];
  logits(picture: Planes): Promise<Float32Array>;
  probabilities(picture: Planes): Promise<number[]>;
  dispose(): Promise<void>;
}

/** Loads the weights that it needs. */
export async function classReader(model: Classifier, engine: GradientEngine): Promise<ClassReader> {
  const { node, squash } = logitsOf(model.classifier, model.output);
  await model.ready([node]);
  const evaluation: Evaluation = await engine.evaluate(model.classifier, [node]);
  const logits = async (picture: Planes): Promise<Float32Array> =>
    (await evaluation.at(picture)).get(node)!.data;
  return {
    squash,
    logits,
    probabilities: async (picture) => probabilitiesOf(await logits(picture), squash),
    dispose: () => evaluation.dispose(),
  };
}

/** What its classes need. */
export function networkOf({ classifier, output }: Classifier): Graph {
  return slice(classifier, [output]);
}

/** Σ weight · logarithm of the class's odds: how much a picture looks like the targets. */
export function oddsOf(
  targets: readonly ClassTerm[],
  logits: ArrayLike<number>,
  squash: Logits['squash'],
): number {
  const values = logits.length === 1 ? [-logits[0]!, logits[0]!] : Array.from(logits);
  return targets.reduce((sum, { index, weight }) => {
    const own = values[index]!;
    if (squash === 'sigmoid' || logits.length === 1) return sum + weight * own;
    const others = values.filter((_, other) => other !== index);
    const most = Math.max(...others);
    const total = others.reduce((raised, value) => raised + Math.exp(value - most), 0);
    return sum + weight * (own - most - Math.log(total));
  }, 0);
}

/** How many numbers the network gives to a picture. */
function scoresOf({ classifier, output, name }: Classifier): number {
  const count = inferShapes(classifier).get(output)?.at(-1);
  if (typeof count === 'number') return count;
  const message = `the number of classes of ${name} cannot be told from its network`;
  throw new DreamError('bad-model', message, 'List the labels in its model.json.');
}

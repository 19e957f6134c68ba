/** Which model is meant by a class alone. */
import { DreamError } from '../kit/errors.ts';
import { parseClasses } from '../objectives/class-words.ts';

interface Classifier {
  readonly name: string;
  /** Empty where the classes are numbered. */
  readonly labels: readonly string[];
}

/**
 * The one that has all the classes that the words name.
 * @throws DreamError 'unknown-class' where none or several have them, 'bad-option' for no words
 */
export function modelWithClass(words: string, classifiers: readonly Classifier[]): string {
  const having = classifiers.filter(({ labels }) => objectionTo(words, labels) === null);
  const [only, ...others] = having;
  if (!only) throw absent(words, classifiers);
  if (others.length === 0) return only.name;
  const hint = `Choose one of these models: ${namesOf(having)}.`;
  throw new DreamError('unknown-class', `several models have the class '${words}'`, hint);
}

/** With the likest of all labels, where the words say which class it is that no model has. */
function absent(words: string, classifiers: readonly Classifier[]): DreamError {
  const labels = [...new Set(classifiers.flatMap((each) => each.labels))];
  const objection = labels.length === 0 ? null : objectionTo(words, labels);
  if (objection?.code === 'bad-option') return objection;
  const message = objection?.message ?? `no model here has the class '${words}'`;
  return new DreamError(
    'unknown-class',
    message,
    classifiers.length === 0
      ? 'A classifier of your own brings its classes: see /models.'
      : `Models with classes: ${namesOf(classifiers)}.`,
  );
}

function namesOf(classifiers: readonly Classifier[]): string {
  return classifiers.map(({ name }) => name).join(', ');
}

function objectionTo(words: string, labels: readonly string[]): DreamError | null {
  try {
    parseClasses(words, labels);
    return null;
  } catch (error) {
    if (error instanceof DreamError) return error;
    throw error;
  }
}

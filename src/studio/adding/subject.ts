/** A network as something that is shown pictures and tells classes apart. */
import { INPUT } from '../../importers/imported.ts';
import type { Imported } from '../../importers/imported.ts';
import { DreamError } from '../../kit/errors.ts';
import { shapeAttribute } from '../../ops/attributes.ts';
import { inferShapes } from '../../ops/shapes.ts';
import type { Subject } from './input-way.ts';
import type { Clues } from './known-kinds.ts';

/** For networks that take pictures of any size. */
const USUAL_SIDE = 224;

/** @param asked [rows, columns] in place of what the file says. */
export function subjectOf(
  imported: Imported,
  asked: readonly [number, number] | undefined,
  clues: Omit<Clues, 'imported'>,
): Subject {
  const [rows, columns] = asked ?? imported.inputSize;
  const size = {
    rows: rows ?? columns ?? USUAL_SIDE,
    columns: columns ?? rows ?? USUAL_SIDE,
  };
  const channels = shapeAttribute(imported.graph.nodes.get(INPUT)!.attributes)[3]!;
  if (channels === 1 || channels === 3) return { ...clues, imported, size, channels };
  throw new DreamError(
    'bad-model',
    `the network takes pictures of ${channels} channels; expected 3, or 1 for grey`,
  );
}

/**
 * How many classes the output tells apart; null where it is no list of scores.
 * @throws DreamError 'bad-model' where pictures of this size do not fit
 */
export function classesOf(subject: Subject): number | null {
  const shape = outputShape(subject);
  const count = shape.at(-1);
  const alone = shape.slice(0, -1).every((length) => length === 1);
  if (!alone || typeof count !== 'number' || count < 1) return null;
  // A lone score tells one of two classes from the other.
  return count === 1 ? 2 : count;
}

function outputShape({ imported, size, channels }: Subject): readonly (number | null)[] {
  const { graph, output } = imported;
  const { rows, columns } = size;
  try {
    return inferShapes(graph, { [INPUT]: [1, rows, columns, channels] }).get(output)!;
  } catch (error) {
    const message = `pictures of ${columns}×${rows} do not fit the network: ${(error as Error).message}`;
    const hint = 'Say the size that it was trained on with --size.';
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
}

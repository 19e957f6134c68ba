/** From the files that somebody brings to a model.json, with the reasons for what stands in it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { chooseEngine } from '../../engines/choose.ts';
import type { GradientEngine, PictureSize } from '../../engines/engine.ts';
import { slice } from '../../graph/graph.ts';
import { INPUT } from '../../importers/imported.ts';
import type { Imported } from '../../importers/imported.ts';
import { weightsOf } from '../../importers/weights.ts';
import { DreamError } from '../../kit/errors.ts';
import { logitsOf } from '../../objectives/logits.ts';
import { shapeAttribute } from '../../ops/attributes.ts';
import { inferShapes } from '../../ops/shapes.ts';
import { modelFileSchema } from '../model-file.ts';
import type { ModelFile } from '../model-file.ts';
import { withPicture } from '../picture-input.ts';
import { openBrought } from './brought.ts';
import type { Brought } from './brought.ts';
import { findCandidates } from './candidates.ts';
import { checkNumbers } from './check-numbers.ts';
import { findInputWay } from './input-way.ts';
import type { InputWay, Subject } from './input-way.ts';
import { findLabels, labelsFrom } from './labels.ts';
import type { FoundLabels } from './labels.ts';
import type { Overrides, Question, Understood } from './messages.ts';
import { named, openBest } from './opening.ts';
import type { Opened } from './opening.ts';
import { decided, withOverrides } from './overrides.ts';
import { describeInPlace, licenceFile, nameInPlace, placeFiles, storedName } from './placing.ts';
import { topOfClouds } from './top-of-clouds.ts';
import { layersWorth } from './worth.ts';

/** For networks that take pictures of any size. */
const USUAL_SIDE = 224;

/** @throws DreamError that says which file is wrong, what was found and what was expected. */
export async function understand(question: Question): Promise<Understood> {
  const { path, overrides } = question;
  const brought = await openBrought(path);
  const opened = await openBest(brought, await findCandidates(brought, overrides.file));
  return named(opened.candidate.name, () => understood(question, brought, opened));
}

async function understood(
  { path, name, overrides, into }: Question,
  brought: Brought,
  opened: Opened,
): Promise<Understood> {
  const { imported, candidate } = opened;
  const { engine } = await chooseEngine({ engine: 'onnx' });
  const subject = subjectOf(brought, opened, overrides);
  const classes = classesOf(subject, overrides);
  await imported.weights.ready(weightsOf(slice(imported.graph, [imported.output])));
  checkNumbers(imported);
  const way = await wayOf(subject, overrides, engine);
  const labels = await labelsOf(brought, opened, classes, overrides);
  const described = { name, brought, opened, overrides, subject, way, labels, classes };
  const description = describe(described, into === null);
  const placed = { brought, opened, description, others: labels.file ? [labels.file] : [] };
  const top = await topOfClouds({ ...subject, description, classes }, engine);
  const { size, channels } = subject;
  return {
    ...{ description, format: candidate.format, file: candidate.name, classes, top },
    bytes: into === null ? await describeInPlace(placed, path) : await placeFiles(placed, into),
    nodes: imported.graph.nodes.size,
    layers: imported.graph.layers.size,
    size: [size.rows, size.columns, channels],
    range: { title: way.title, evidence: way.evidence, sure: way.sure },
    labelsFrom: labels.from,
    logit: logitsOf(imported.graph, imported.output).node,
    notices: noticesOf(opened, labels, way, classes),
  };
}

function subjectOf(brought: Brought, { imported, candidate }: Opened, asked: Overrides): Subject {
  const [rows, columns] = asked.size ?? imported.inputSize;
  const size = {
    rows: rows ?? columns ?? USUAL_SIDE,
    columns: columns ?? rows ?? USUAL_SIDE,
  };
  const channels = shapeAttribute(imported.graph.nodes.get(INPUT)!.attributes)[3]!;
  return { imported, format: candidate.format, names: brought.names, size, channels };
}

/** How many classes the output tells apart; null where it is no list of scores. */
function classesOf({ imported, size, channels }: Subject, asked: Overrides): number | null {
  const shape = outputShape(imported, size, channels, asked);
  const count = shape.at(-1);
  const alone = shape.slice(0, -1).every((length) => length === 1);
  if (!alone || typeof count !== 'number' || count < 1) return null;
  // A lone score tells one of two classes from the other.
  return count === 1 ? 2 : count;
}

function outputShape(
  { graph, output }: Imported,
  { rows, columns }: PictureSize,
  channels: number,
  asked: Overrides,
): readonly (number | null)[] {
  try {
    return inferShapes(graph, { [INPUT]: [1, rows, columns, channels] }).get(output)!;
  } catch (error) {
    const message = `pictures of ${columns}×${rows} do not fit the network: ${(error as Error).message}`;
    const hint = asked.size ? undefined : 'Say the size with --size, where you know it.';
    throw new DreamError('bad-model', message, hint, { cause: error });
  }
}

async function wayOf(
  subject: Subject,
  asked: Overrides,
  engine: GradientEngine,
): Promise<InputWay> {
  return decided(asked) ?? withOverrides(await findInputWay(subject, engine), asked);
}

async function labelsOf(
  brought: Brought,
  { candidate }: Opened,
  classes: number | null,
  { labels }: Overrides,
): Promise<FoundLabels> {
  if (labels === undefined) return findLabels(brought, candidate, classes);
  const text = await readFile(labels, 'utf8').catch((error: unknown) => {
    const message = `the labels '${labels}' cannot be read`;
    throw new DreamError('file-not-found', message, undefined, { cause: error });
  });
  return labelsFrom(text, basename(labels), classes);
}

interface Described {
  readonly name: string;
  readonly brought: Brought;
  readonly opened: Opened;
  readonly overrides: Overrides;
  readonly subject: Subject;
  readonly way: InputWay;
  readonly labels: FoundLabels;
  readonly classes: number | null;
}

/** @param inPlace whether the files stay where they are. */
function describe(parts: Described, inPlace: boolean): ModelFile {
  const { name, brought, opened, overrides, subject, way, labels, classes } = parts;
  const { imported, candidate } = opened;
  const licence = licenceFile(brought);
  return modelFileSchema.parse({
    title: overrides.title ?? name,
    description: `${candidate.format}${classes === null ? '' : `, ${classes} classes`}`,
    source: { file: inPlace ? nameInPlace(candidate.name) : storedName(candidate.name) },
    licence: overrides.licence ?? (licence === undefined ? 'not said' : `see ${licence}`),
    input: { ...way.input, ...(overrides.size ? { size: overrides.size } : {}) },
    labels: labels.labels,
    dreamableClasses: classes !== null,
    ...layersWorth(withPicture(imported.graph, way.input), imported.output, subject.size),
  });
}

function noticesOf(
  { notices }: Opened,
  labels: FoundLabels,
  way: InputWay,
  classes: number | null,
): string[] {
  return [
    ...notices,
    ...(labels.notice === undefined ? [] : [`${labels.notice}. --labels names a file.`]),
    ...(way.sure
      ? []
      : ['The range of its pictures is no more than a guess: --range, --mean, --std and --order change it.']),
    ...(classes === null
      ? ['Its output is no list of classes: it can dream at layers, and at no class.']
      : []),
  ];
}

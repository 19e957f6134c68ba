/** From the files that somebody brings to a model.json, with the reasons for what stands in it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { onnxCompiler } from '../../engines/onnx.ts';
import type { Compiler } from '../../engines/program.ts';
import type { Imported } from '../../importers/imported.ts';
import { DreamError } from '../../kit/errors.ts';
import { logitsOf } from '../../objectives/logits.ts';
import { modelFileSchema } from '../model-file.ts';
import type { ModelFile } from '../model-file.ts';
import { withPicture } from '../picture-input.ts';
import { asSaid } from '../shown.ts';
import { openBrought } from './brought.ts';
import type { Brought } from './brought.ts';
import { findCandidates } from './candidates.ts';
import { checkNumbers } from './check-numbers.ts';
import { findInputWay } from './input-way.ts';
import type { InputWay, Subject } from './input-way.ts';
import { findLabels, labelsFrom } from './labels.ts';
import type { FoundLabels } from './labels.ts';
import type { Overrides, Question, Understood } from './messages.ts';
import { notesBeside } from './notes-beside.ts';
import { named, openBest } from './opening.ts';
import type { Opened } from './opening.ts';
import { decided, withOverrides } from './overrides.ts';
import { describeInPlace, licenceFile, nameInPlace, placeFiles, storedName } from './placing.ts';
import { shownWay } from './shown-way.ts';
import type { ShownWay } from './shown-way.ts';
import { classesOf, subjectOf } from './subject.ts';
import { topOfClouds } from './top-of-clouds.ts';
import { layersWorth } from './worth.ts';

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
  const compiler = onnxCompiler();
  const subject = subjectOf(imported, overrides.size, {
    ...{ format: candidate.format, names: brought.names },
    notes: await notesBeside(brought, candidate.name),
  });
  const classes = classesOf(subject);
  await checkNumbers(imported);
  const way = await wayOf(subject, overrides, compiler);
  const shown = shownWay(subject, overrides);
  const labels = await labelsOf(brought, opened, classes, overrides);
  const described = { name, brought, opened, overrides, subject, way, shown, labels, classes };
  const description = describe(described, into === null);
  const placed = { brought, opened, description, others: labels.file ? [labels.file] : [] };
  const top = await topOfClouds({ ...subject, description, classes }, compiler);
  const { size, channels } = subject;
  return {
    ...{ description, format: candidate.format, file: candidate.name, classes, top },
    bytes: into === null ? await describeInPlace(placed, path) : await placeFiles(placed, into),
    nodes: imported.graph.nodes.size,
    layers: imported.graph.layers.size,
    size: [size.rows, size.columns, channels],
    range: { title: way.title, evidence: way.evidence, sure: way.sure },
    shown: shown && { title: shown.title, evidence: shown.evidence },
    labelsFrom: labels.from,
    logit: logitWords(imported),
    notices: noticesOf(opened, labels, way, classes),
  };
}

/** The classes' scores before they are made to look like probabilities. */
function logitWords({ graph, output }: Imported): string {
  const { node, squash } = logitsOf(graph, output);
  return node === output ? `'${output}' as it is` : `before the ${squash} of '${output}'`;
}

async function wayOf(subject: Subject, asked: Overrides, compiler: Compiler): Promise<InputWay> {
  return decided(asked) ?? withOverrides(await findInputWay(subject, compiler), asked);
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
  readonly shown: ShownWay | null;
  readonly labels: FoundLabels;
  readonly classes: number | null;
}

/** @param inPlace whether the files stay where they are. */
function describe(parts: Described, inPlace: boolean): ModelFile {
  const { name, brought, opened, overrides, subject, way, shown, labels, classes } = parts;
  const { imported, candidate } = opened;
  const licence = licenceFile(brought);
  return modelFileSchema.parse({
    title: overrides.title ?? name,
    description: `${candidate.format}${classes === null ? '' : `, ${classes} classes`}`,
    source: { file: inPlace ? nameInPlace(candidate.name) : storedName(candidate.name) },
    licence: overrides.licence ?? (licence === undefined ? 'not said' : `see ${licence}`),
    input: {
      ...way.input,
      ...(overrides.size ? { size: overrides.size } : {}),
      ...(shown ? asSaid(shown.shown) : {}),
    },
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
      : [
          'The range of its pictures is no more than a guess: --range, --mean, --std and --order change it.',
        ]),
    ...(classes === null
      ? ['Its output is no list of classes: it can dream at layers, and at no class.']
      : []),
  ];
}

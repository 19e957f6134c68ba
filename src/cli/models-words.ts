/** What `models` prints. */
import type { AddedModel } from '../studio/adding/shelf.ts';
import type { ModelDescription } from '../studio/descriptions.ts';
import type { BrokenModel } from '../studio/model-folder.ts';
import { titleOf } from '../studio/adding/input-guesses.ts';
import { shownBy, shownTitle } from '../studio/shown.ts';

/** Classes that are listed one by one. */
const SHOWN = 20;

const UNKNOWN =
  'not known: dreams of a class tell of the whole and of the middle (--shown says it)';

export function addedWords(added: AddedModel): string {
  const { name, description, size, range, shown, classes, top } = added;
  const [rows, columns, channels] = size;
  const first = description.labels[0];
  return table([
    ['model', `${name} (${added.folder})`],
    ['format', `${added.format}: ${added.file}, ${megabytes(added.bytes)}`],
    ['network', `${added.layers} layers, ${added.nodes} nodes`],
    ['input', `${columns}×${rows}, ${channels === 1 ? 'grey' : 'colour'}`],
    ['range', `${range.title}${range.sure ? '' : ' (a guess)'}: ${range.evidence}`],
    ['shown', shown ? `${shown.title}: ${shown.evidence}` : UNKNOWN],
    ['classes', classes === null ? 'none' : `${classes} (${added.labelsFrom})${list(description)}`],
    ...(classes === null ? [] : [['logit', added.logit] as const]),
    ...layerRows(description),
    ...top.map(
      ({ label, probability }, index) =>
        [index === 0 ? 'the clouds' : '', `${(100 * probability).toFixed(1)} % ${label}`] as const,
    ),
    ['', ''],
    ['try', `npm run dream -- --model ${name}`],
    ...(first === undefined
      ? []
      : [['', `npm run dream -- --model ${name} --class ${quoted(first)}`] as const]),
  ]);
}

export function shownWords(model: ModelDescription): string {
  const { name, title, description, source, licence, input, labels } = model;
  return table([
    ['model', `${name}: ${title}`],
    ['', description],
    ['source', 'npm' in source ? source.npm : source.file],
    ['licence', licence],
    ['range', titleOf(input)],
    ['shown', shownTitle(shownBy(input))],
    ['classes', labels.length === 0 ? 'numbered' : `${labels.length}${list(model)}`],
    ...layerRows(model),
  ]);
}

export function listedWords(
  models: readonly ModelDescription[],
  broken: readonly BrokenModel[],
): string {
  return table([
    ...models.map(
      ({ name, title, defaultLayer }) =>
        [name, `${title === name ? '' : `${title}; `}dreams at ${defaultLayer}`] as const,
    ),
    ...broken.map(({ name, error }) => [name, `cannot be used: ${error.message}`] as const),
  ]);
}

function layerRows({
  layersWorthDreaming,
  defaultLayer,
}: Pick<ModelDescription, 'layersWorthDreaming' | 'defaultLayer'>): [string, string][] {
  return [
    ['layers', layersWorthDreaming.join(', ')],
    ['dreams at', defaultLayer],
  ];
}

function list({ labels }: Pick<ModelDescription, 'labels'>): string {
  if (labels.length === 0) return '';
  const more = labels.length > SHOWN ? ` … and ${labels.length - SHOWN} more` : '';
  return `: ${labels.slice(0, SHOWN).join(', ')}${more}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([title]) => title.length));
  return rows.map(([title, text]) => `${title.padEnd(width)}  ${text}`.trimEnd()).join('\n');
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}

function quoted(label: string): string {
  return /^[\p{L}\p{N}_-]+$/u.test(label) ? label : `'${label.replaceAll("'", "'\\''")}'`;
}

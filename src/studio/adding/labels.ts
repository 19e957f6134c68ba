/** The names of a network's classes: from a file beside it, or from its own. */
import { DreamError } from '../../kit/errors.ts';
import type { Brought } from './brought.ts';
import type { Candidate } from './candidates.ts';
import { parseLabels } from './label-text.ts';
import { onnxMetadata } from './onnx-metadata.ts';

export interface FoundLabels {
  /** Empty where the classes are numbered. */
  readonly labels: readonly string[];
  /** In words. */
  readonly from: string;
  /** The file that they stand in. */
  readonly file?: string;
  readonly notice?: string;
}

const MOST_BYTES = 4 * 2 ** 20;
const LIKELY = /label|class|categor|metadata|indices|names|synset/i;
const POSSIBLE = /\.(txt|json|csv|names)$/i;
/** Metadata of ONNX files that hold labels. */
const FIELDS = ['names', 'labels', 'classes', 'class_names', 'id2label'];

/** @param classes how many the network tells apart; null where it tells none. */
export async function findLabels(
  brought: Brought,
  candidate: Candidate,
  classes: number | null,
): Promise<FoundLabels> {
  if (classes === null) return { labels: [], from: 'the network has no classes' };
  const found = await inside(brought, candidate);
  if (found?.length === classes) return { labels: found, from: "the file's metadata" };
  let other: string | undefined;
  for (const name of likeliest(brought.names, candidate.name)) {
    if ((await brought.size(name)) > MOST_BYTES) continue;
    const labels = parseLabels(Buffer.from(await brought.read(name)).toString('utf8'));
    if (labels?.length === classes) return { labels, from: name, file: name };
    if (labels && LIKELY.test(name)) {
      other ??= `${name} lists ${labels.length} classes, the network tells ${classes} apart: they are numbered`;
    }
  }
  const notice =
    other ?? `no list of ${classes} classes lies beside the network: they are numbered`;
  return { labels: [], from: 'numbered', notice };
}

/** @throws DreamError 'bad-model' where the list does not fit. */
export function labelsFrom(text: string, place: string, classes: number | null): FoundLabels {
  const labels = parseLabels(text);
  if (labels?.length === classes) return { labels: labels, from: place };
  const found = labels ? `${labels.length} classes` : 'no list of classes';
  const message = `'${place}' holds ${found}; the network tells ${classes ?? 'none'} apart`;
  throw new DreamError('bad-model', message);
}

/** Those in the network's own folder first, likely names before possible ones. */
function likeliest(names: readonly string[], model: string): string[] {
  const folder = model.slice(0, model.lastIndexOf('/') + 1);
  const rank = (name: string): number =>
    (LIKELY.test(name) ? 0 : 2) + (name.slice(0, name.lastIndexOf('/') + 1) === folder ? 0 : 1);
  return names
    .filter((name) => name !== model && POSSIBLE.test(name))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 50);
}

async function inside(brought: Brought, { format, name }: Candidate): Promise<string[] | null> {
  if (!/onnx/i.test(format)) return null;
  const metadata = onnxMetadata(await brought.read(name));
  const values = FIELDS.flatMap((field) => metadata.get(field) ?? []);
  return values.map(parseLabels).find((labels) => labels !== null) ?? null;
}

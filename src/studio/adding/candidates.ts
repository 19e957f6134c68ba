/** Which of the files that somebody brought are networks. */
import { importers } from '../../importers/index.ts';
import type { ModelFile as NetworkFile } from '../../importers/index.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Brought } from './brought.ts';

export interface Candidate {
  readonly name: string;
  /** The importer's name; empty where none takes it. */
  readonly format: string;
  /** Bytes, with those of the weights that it names. */
  readonly weight: number;
}

/** How files end that may hold a network; others are looked into only when pointed at. */
const ENDINGS =
  /(^|\/)[^/.]+$|\.(h5|hdf5?|keras|pb|onnx|caffemodel|json|zip|tflite|pt|pth|ckpt|meta|index|model|pkl|mlmodel|safetensors)$/i;
const MOST_JSON = 64 * 2 ** 20;
const MOST_FOUND = 8;

/**
 * The heaviest first.
 * @param wanted the name of the file to take.
 * @throws DreamError 'bad-model' where there is none.
 */
export async function findCandidates(brought: Brought, wanted?: string): Promise<Candidate[]> {
  const asked = wanted ?? brought.chosen;
  if (asked !== undefined) return [await askedFor(brought, asked)];
  const found: Candidate[] = [];
  const others: string[] = [];
  for (const name of brought.names.filter((each) => ENDINGS.test(each))) {
    const candidate = found.length < MOST_FOUND ? await candidateIn(brought, name) : null;
    if (candidate) found.push(candidate);
    else others.push(name);
  }
  if (found.length > 0) return found.sort((a, b) => b.weight - a.weight);
  // What the likeliest is instead, the importers say.
  const likeliest = others.find((name) => !isJson(name));
  if (likeliest !== undefined) return [unmatched(likeliest)];
  const files = brought.names.slice(0, 8).join(', ') || 'no files';
  const formats = importers.map(({ name }) => name).join(', ');
  const message = `there is no network in '${brought.place}'; found ${files}`;
  throw new DreamError('bad-model', message, `Known: ${formats}.`);
}

async function askedFor(brought: Brought, name: string): Promise<Candidate> {
  if (!brought.names.includes(name)) {
    const files = brought.names.slice(0, 8).join(', ') || 'no files';
    const message = `'${brought.place}' has no file '${name}'; it holds ${files}`;
    throw new DreamError('file-not-found', message);
  }
  return (await candidateIn(brought, name)) ?? unmatched(name);
}

function unmatched(name: string): Candidate {
  return { name, format: '', weight: 0 };
}

async function candidateIn(brought: Brought, name: string): Promise<Candidate | null> {
  const size = await brought.size(name);
  if (isJson(name) && size > MOST_JSON) return null;
  const file = await networkFile(brought, name);
  const importer = importers.find((each) => each.match(file));
  if (!importer) return null;
  return { name, format: importer.name, weight: size + (await shardsOf(brought, name, file)) };
}

/** Parsed, where it is JSON. */
export async function networkFile(brought: Brought, name: string): Promise<NetworkFile> {
  const bytes = await brought.read(name);
  if (!isJson(name)) return { bytes };
  try {
    return { json: JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown };
  } catch {
    return { bytes };
  }
}

/** Bytes of the files that a manifest names and that are there. */
async function shardsOf(brought: Brought, name: string, file: NetworkFile): Promise<number> {
  if (!('json' in file)) return 0;
  const folder = name.slice(0, name.lastIndexOf('/') + 1);
  const manifest = (file.json as { weightsManifest?: unknown }).weightsManifest;
  const paths = [manifest].flat().flatMap((group) => (group as { paths?: unknown } | null)?.paths);
  const known = paths.filter((path) => typeof path === 'string').map((path) => folder + path);
  const sizes = await Promise.all(
    known.filter((path) => brought.names.includes(path)).map((path) => brought.size(path)),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function isNetwork(file: NetworkFile): boolean {
  return importers.some((each) => each.match(file));
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}

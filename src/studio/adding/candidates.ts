/** Which of the files that somebody brought are networks. */
import { importers } from '../../importers/index.ts';
import type { ModelFile as NetworkFile } from '../../importers/index.ts';
import { DreamError } from '../../kit/errors.ts';
import type { Brought } from './brought.ts';

export interface Candidate {
  readonly name: string;
  /** The importer's name. */
  readonly format: string;
  readonly file: NetworkFile;
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
  if (found.length === 0) throw await nothingIn(brought, others);
  return found.sort((a, b) => b.weight - a.weight);
}

async function askedFor(brought: Brought, name: string): Promise<Candidate> {
  if (!brought.names.includes(name)) {
    const files = brought.names.slice(0, 8).join(', ') || 'no files';
    const message = `'${brought.place}' has no file '${name}'; it holds ${files}`;
    throw new DreamError('file-not-found', message);
  }
  const found = await candidateIn(brought, name);
  if (found) return found;
  // The importers say why it is none.
  return { name, format: '', file: await fileOf(brought, name), weight: 0 };
}

async function candidateIn(brought: Brought, name: string): Promise<Candidate | null> {
  const size = await brought.size(name);
  if (isJson(name) && size > MOST_JSON) return null;
  const file = await fileOf(brought, name);
  const importer = importers.find(({ match }) => match(file));
  if (!importer) return null;
  return { name, format: importer.name, file, weight: size + (await shardsOf(brought, name, file)) };
}

async function fileOf(brought: Brought, name: string): Promise<NetworkFile> {
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

/** What the likeliest file is instead, else what was found. */
async function nothingIn(brought: Brought, others: readonly string[]): Promise<Error> {
  for (const name of others.filter((each) => !isJson(each))) {
    const file = await fileOf(brought, name);
    const { size } = { size: await brought.size(name) };
    const start = 'bytes' in file ? Buffer.from(file.bytes.subarray(0, 8)).toString('hex') : '';
    return new NoCandidate(name, file, `${size} bytes beginning with ${start || 'nothing'}`);
  }
  const files = brought.names.slice(0, 8).join(', ') || 'no files';
  const formats = importers.map(({ name }) => name).join(', ');
  return new DreamError(
    'bad-model',
    `there is no network in '${brought.place}'; found ${files}`,
    `Known: ${formats}.`,
  );
}

/** A file that may have been meant, and that no importer takes. */
export class NoCandidate extends Error {
  override readonly name = 'NoCandidate';
  constructor(
    readonly file: string,
    readonly contents: NetworkFile,
    readonly found: string,
  ) {
    super(found);
  }
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name);
}

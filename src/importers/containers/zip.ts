/**
 * Zip archives. Names, sizes and kinds of all entries are checked before anything is inflated;
 * nothing is ever written to a disk.
 */
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { DreamError } from '../../kit/errors.ts';

const MOST_ENTRIES = 4096;
/** All entries together, inflated. */
const MOST_BYTES = 2 ** 31;
/** Weights hardly shrink, a network's JSON by 20 or 30: only what is larger than this must not. */
const FREE_BYTES = 64 * 1024 * 1024;
const MOST_SHRINKING = 50;

const STORED = 0;
const DEFLATED = 8;
const SYMBOLIC_LINK = 0o120000;
const FILE_KIND = 0o170000;

const inflated = promisify<Buffer, { maxOutputLength: number }, Buffer>(inflateRaw);

/** Whether a file begins as zip archives do. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** The files of an archive in memory. */
export class ZipArchive {
  readonly #bytes: Buffer;
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(bytes: Buffer, zip: ZipFile, entries: ReadonlyMap<string, Entry>) {
    this.#bytes = bytes;
    this.#zip = zip;
    this.#entries = entries;
  }

  /** @throws DreamError 'bad-model' for an archive that is damaged, or made to do harm. */
  static async open(bytes: Uint8Array): Promise<ZipArchive> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return orDamaged('the archive', async () => {
      const zip = await fromBufferPromise(buffer, { lazyEntries: true });
      return new ZipArchive(buffer, zip, await entriesOf(zip));
    });
  }

  /** Paths with slashes; folders are not among them. */
  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** The bytes of an entry: a part of the archive's own where it is stored as it is. */
  async read(name: string): Promise<Uint8Array> {
    const entry = this.#entries.get(name);
    if (!entry) throw new Error(`the archive has no file '${name}'`);
    const found = await orDamaged(`'${name}' in the archive`, () => this.#contents(entry));
    if (found.length === entry.uncompressedSize && crc32(found) === entry.crc32) return found;
    throw refused(`'${name}' in the archive is damaged: its checksum does not fit`);
  }

  async #contents(entry: Entry): Promise<Uint8Array> {
    const { fileDataStart: start } = await this.#zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    const stored = this.#bytes.subarray(start, start + entry.compressedSize);
    if (entry.compressionMethod === STORED) return stored;
    return inflated(stored, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  }
}

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  if (zip.entryCount > MOST_ENTRIES) {
    throw refused(`the archive has ${zip.entryCount} entries, expected up to ${MOST_ENTRIES}`);
  }
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName } = entry;
    if (fileName.endsWith('/')) continue;
    if (entries.has(fileName)) throw refused(`the archive has two files named '${fileName}'`);
    checkEntry(entry);
    total += entry.uncompressedSize;
    if (total > MOST_BYTES) {
      throw refused(`the archive would unpack to more than ${MOST_BYTES} bytes`);
    }
    entries.set(fileName, entry);
  }
  return entries;
}

function checkEntry(entry: Entry): void {
  const name = `'${entry.fileName}' in the archive`;
  const { compressedSize, uncompressedSize, compressionMethod } = entry;
  if (((entry.externalFileAttributes >>> 16) & FILE_KIND) === SYMBOLIC_LINK) {
    throw refused(`${name} is a link; expected files`);
  }
  if (entry.isEncrypted()) throw refused(`${name} is encrypted`);
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) {
    throw refused(`${name} is compressed by method ${compressionMethod}; expected deflate`);
  }
  if (uncompressedSize > FREE_BYTES && uncompressedSize > MOST_SHRINKING * compressedSize) {
    throw refused(`${name} would unpack from ${compressedSize} to ${uncompressedSize} bytes`);
  }
}

async function orDamaged<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DreamError) throw error;
    const message = `${what} cannot be read: ${(error as Error).message}`;
    throw new DreamError('bad-model', message, 'Copy the file anew.', { cause: error });
  }
}

function refused(problem: string): DreamError {
  return new DreamError('bad-model', problem);
}

/** Every format of networks. To add one: a file with `match` and `read`, and a line here. */
import { DreamError } from '../kit/errors.ts';
import { isCaffe, readCaffe } from './caffe.ts';
import { foreignFile } from './foreign-files.ts';
import { isFrozenGraph, isSavedModel, readFrozenGraph, readSavedModel } from './frozen-graph.ts';
import { isGraphModel, readGraphModel } from './graph-model.ts';
import type { Beside, Imported, ReadShard } from './imported.ts';
import { isKerasArchive, readKerasArchive } from './keras-archive.ts';
import { isKerasHdf5, readKerasHdf5 } from './keras-hdf5.ts';
import { isKerasLayers, readKerasLayers } from './keras-layers.ts';
import { isOnnx, readOnnx } from './onnx.ts';
import { isTfjsArchive, readTfjsArchive } from './tfjs-archive.ts';

/** A model file: parsed, where it is JSON. */
export type ModelFile = { readonly json: unknown } | { readonly bytes: Uint8Array };

export interface Importer {
  /** In words, for messages. */
  readonly name: string;
  match(file: ModelFile): boolean;
  /** @param beside the files beside it, among which may be those that hold its weights. */
  read(file: ModelFile, beside: Beside): Imported | Promise<Imported>;
}

export const importers: readonly Importer[] = [
  fromJson('tensorflow.js layers model (Keras)', isKerasLayers, readKerasLayers),
  fromJson('tensorflow.js graph model', isGraphModel, readGraphModel),
  fromBytes('Keras HDF5 (.h5)', isKerasHdf5, readKerasHdf5),
  fromBytes('Keras archive (.keras)', isKerasArchive, readKerasArchive),
  fromBytes('tensorflow.js model in a zip archive', isTfjsArchive, readTfjsArchive),
  fromBytes('TensorFlow frozen graph (.pb)', isFrozenGraph, readFrozenGraph),
  fromBytes('TensorFlow SavedModel (saved_model.pb)', isSavedModel, readSavedModel),
  fromBytes('ONNX (.onnx)', isOnnx, readOnnx),
  fromBytes('Caffe (.caffemodel)', isCaffe, readCaffe),
];

/** @throws DreamError 'bad-model' for a file of no known format, or whatever the importer finds. */
export async function importModel(file: ModelFile, beside: Beside): Promise<Imported> {
  const importer = importers.find((candidate) => candidate.match(file));
  if (importer) return importer.read(file, beside);
  const foreign = 'bytes' in file ? foreignFile(file.bytes) : null;
  if (foreign) throw foreign;
  const names = importers.map(({ name }) => name).join(', ');
  throw new DreamError(
    'bad-model',
    `the model's file has a format that is not known (${beginningOf(file)}); known: ${names}`,
  );
}

function beginningOf(file: ModelFile): string {
  if (!('bytes' in file)) return 'it is JSON';
  const start = Buffer.from(file.bytes.subarray(0, 4)).toString('hex');
  return start === '' ? 'it is empty' : `it begins with the bytes ${start}`;
}

function fromJson(
  name: string,
  match: (json: unknown) => boolean,
  read: (json: unknown, readShard: ReadShard) => Imported | Promise<Imported>,
): Importer {
  const jsonOf = (file: ModelFile): unknown => ('json' in file ? file.json : undefined);
  return {
    name,
    match: (file) => match(jsonOf(file)),
    read: (file, beside) => read(jsonOf(file), beside.read),
  };
}

function fromBytes(
  name: string,
  match: (bytes: Uint8Array) => boolean,
  read: (bytes: Uint8Array, beside: Beside) => Imported | Promise<Imported>,
): Importer {
  const bytesOf = (file: ModelFile): Uint8Array | null => ('bytes' in file ? file.bytes : null);
  return {
    name,
    match: (file) => match(bytesOf(file) ?? new Uint8Array()),
    read: (file, beside) => read(bytesOf(file)!, beside),
  };
}

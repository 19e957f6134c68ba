/** Files that people take for a model and that are none: what they are, and what to bring instead. */
import { DreamError } from '../kit/errors.ts';
import { metaGraph } from './containers/saved-model.ts';
import { isTable } from './containers/sstable.ts';

interface ForeignFile {
  readonly match: (bytes: Uint8Array, start: string) => boolean;
  /** What the file is, in words. */
  readonly is: string;
  readonly hint: string;
}

/** As many bytes as are needed to tell a text. */
const START = 4096;

const CHECKPOINT =
  'Freeze the graph together with its checkpoint (TensorFlow: python -m ' +
  'tensorflow.python.tools.freeze_graph), or bring the SavedModel converted by tensorflowjs_converter.';

/** To add one: an entry here. */
const foreignFiles: readonly ForeignFile[] = [
  {
    match: (_, start) => start.startsWith('version https://git-lfs.github.com/spec/'),
    is: 'a git LFS pointer: a note of some lines that stands for the file',
    hint: 'Fetch the file itself: git lfs pull, or the download button of its page.',
  },
  {
    match: (_, start) => /^\s*(all_)?model_checkpoint_paths?\s*:/.test(start),
    is: "the list of a training's checkpoints",
    hint: CHECKPOINT,
  },
  {
    match: (bytes) => isTable(bytes),
    is: 'the index of a training checkpoint',
    hint: CHECKPOINT,
  },
  {
    match: (bytes) => bytes[0] === 0x0a && isMetaGraph(bytes),
    is: 'the graph of a training checkpoint (.meta), without its weights',
    hint: CHECKPOINT,
  },
  {
    match: (bytes) => Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'TFL3',
    is: 'a TensorFlow Lite model, which is made to run and not to be differentiated',
    hint: 'Bring the model that it was converted from: Keras, SavedModel or frozen graph.',
  },
  {
    match: (_, start) =>
      /^(\s|#.*\n)*(node|library|versions|meta_info_def|meta_graphs)\s*\{|^\s*saved_model_schema_version\s*:/.test(
        start,
      ),
    is: 'a TensorFlow graph written as text (.pbtxt)',
    hint: 'Bring it in its binary form (.pb).',
  },
];

/** The refusal of a file that is known to be no model; null for one that is not known. */
export function foreignFile(bytes: Uint8Array): DreamError | null {
  const start = Buffer.from(bytes.subarray(0, START)).toString('latin1');
  const known = foreignFiles.find(({ match }) => match(bytes, start));
  return known ? new DreamError('bad-model', `the model's file is ${known.is}`, known.hint) : null;
}

function isMetaGraph(bytes: Uint8Array): boolean {
  try {
    return metaGraph(bytes) !== null;
  } catch {
    return false;
  }
}

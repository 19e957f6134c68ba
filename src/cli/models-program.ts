/** The grammar of `models`: bringing one's own classifier, and what is there. */
import type { Command } from 'commander';
import type { Given } from './given.ts';

export interface ModelsActions {
  readonly add: (path: string, given: Given) => Promise<void>;
  readonly list: (given: Given) => Promise<void>;
  readonly show: (name: string, given: Given) => Promise<void>;
  readonly remove: (name: string, given: Given) => Promise<void>;
}

const EXAMPLES = `
What it takes: Keras (.h5, .keras), tensorflow.js (model.json with its .bin files, or the zip of
Teachable Machine), TensorFlow frozen graphs (.pb) and SavedModels (the folder), ONNX (.onnx)
and Caffe (.caffemodel with its .prototxt). Labels are found beside it: labels.txt, class_indices.json,
metadata.json, and their like.

How pictures are scaled for the network is mostly not in its file. It is found out by trying, and said
with its evidence; where it is a guess, look at the sheet and try another --range.

Examples:
  npm run models -- add ./my-face/ --name my-face
  npm run models -- add model.onnx --name birds --labels birds.txt
  npm run models -- add flowers.h5 --name flowers --range 0,1 --replace
  npm run dream -- photo.jpg --model my-face --class me
  npm run models -- show my-face
  npm run models -- remove my-face`;

/** @param onceLoaded the actions, loaded when one of them runs. */
export function addModelsCommand(program: Command, onceLoaded: () => Promise<ModelsActions>): void {
  const models = program
    .command('models')
    .description("the networks in models/, and how to bring one's own")
    .addHelpText('after', EXAMPLES);
  addAdding(
    models
      .command('add')
      .description('bring a classifier: it is looked at, copied into models/ and tried')
      .argument('<path>', "a folder, a file or a zip archive with the network's files"),
  ).action(async (path: string, given: Given) => (await onceLoaded()).add(path, given));
  models
    .command('list')
    .description('all models; new folders in models/ are looked at')
    .option('--json', 'print JSON')
    .action(async (given: Given) => (await onceLoaded()).list(given));
  models
    .command('show')
    .description("a model's classes, layers and input")
    .argument('<name>', 'a folder in models/')
    .option('--json', 'print JSON')
    .action(async (name: string, given: Given) => (await onceLoaded()).show(name, given));
  models
    .command('remove')
    .description('take a model away, with its folder; those that come with the program stay')
    .argument('<name>', 'a folder in models/')
    .option('--yes', 'do not ask')
    .action(async (name: string, given: Given) => (await onceLoaded()).remove(name, given));
}

function addAdding(command: Command): Command {
  return command
    .option('--name <name>', 'letters, digits, - and _ (default: after the path)')
    .option('--replace', 'where a model of that name is there already')
    .option('--title <text>', 'what people read (default: the name)')
    .option('--licence <text>', 'whose it is (default: the LICENSE file beside it)')
    .optionsGroup('In place of what is found out:')
    .option('--file <name>', 'which of several files is the network')
    .option('--labels <file>', "the classes, in the order of the network's output")
    .option('--range <low,high>', 'what 0 and 255 become: -1,1 or 0,1 or 0,255')
    .option('--mean <numbers>', 'then taken away: one, or one a channel: 0.485,0.456,0.406')
    .option('--std <numbers>', 'then divided by: one, or one a channel: 0.229,0.224,0.225')
    .option('--order <rgb|bgr>', 'which channel comes first')
    .option('--size <pixels>', 'of the pictures that it was trained on: 224, or rows,columns')
    .option(
      '--shown <part>',
      'what its program shows it: whole, stretched, or middle, cut out; middle,0.875 for 224 of 256',
    )
    .optionsGroup('Output:')
    .option('--no-sheet', 'do not dream at its layers')
    .option('--quiet', 'print nothing but errors')
    .option('--json', 'print the result as one line of JSON');
}

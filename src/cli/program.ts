/** The command line's grammar: commands, options and their help. */
import { Command } from 'commander';
import { presets } from '../dream/presets.ts';
import type { Recipe } from '../dream/recipe.ts';
import type { Given } from './given.ts';
import { addModelsCommand } from './models-program.ts';
import type { ModelsActions } from './models-program.ts';
import { flagOf } from './problems.ts';
import { recipeOptions } from './recipe-options.ts';
import type { RecipeField } from './recipe-options.ts';

export type { Given } from './given.ts';

export interface Actions {
  readonly dream: (picture: string | undefined, given: Given) => Promise<void>;
  readonly doctor: () => Promise<void>;
  /** Loaded when one of them runs. */
  readonly models: () => Promise<ModelsActions>;
}

const HELP = ['-h, --help', 'print this help'] as const;

const EXAMPLES = `
Examples:
  npm run dream                                   the clouds that come with the project
  npm run dream -- photo.jpg --layer mixed4 -o out.png
  npm run dream -- photo.jpg --preset keras --seed 7
  npm run dream -- photo.jpg --sheet              a contact sheet of many layers
  npm run dream -- photo.jpg --model my-face --class me --place
  npm run dream -- --redo out.png photo.jpg       the same picture again
  npm run dream -- --layers                       what --layer can name
  npm run models -- add ./my-face/                bring your own classifier
  npm run doctor                                  what this machine can dream with`;

/** A failure is thrown as a CommanderError, once its words are printed. */
export function buildProgram(version: string, actions: Actions): Command {
  const program = programAlike(actions)
    .description('Dreams on a picture: DeepDream with the networks in models/.')
    .argument('[picture]', 'a JPEG, PNG, WebP, AVIF, GIF or TIFF file (default: clouds)')
    .addHelpText('after', EXAMPLES)
    .action(actions.dream);
  program.optionsGroup('Options:');
  addOutputOptions(program);
  program.optionsGroup(
    'Recipe, in place of what the preset says (defaults: those of the default preset):',
  );
  addRecipeOptions(program);
  program.optionsGroup('Model and engine:');
  addEngineOptions(program);
  program.optionsGroup('In place of one dream:');
  program
    .option('--layers', "list a model's layers with their shapes")
    .option(
      '--sheet [layers]',
      'one picture of many dreams: at the layers worth dreaming at, at those named (mixed0,mixed3), or at all',
    )
    .option('--redo <png>', 'dream again by the recipe that a PNG of ours holds')
    .version(version, '--version', 'print the version')
    .helpOption(...HELP);
  return program;
}

/** The commands, and what they have in common: help, errors and how these end. */
function programAlike(actions: Actions): Command {
  const program = new Command('dream')
    // `models add … --json` is an option of that command, not of this one.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(text.replace(/^error:/, 'dream:'));
      },
    })
    .showHelpAfterError(
      '       --help describes every option; write "a name" with spaces, ./-name with a dash first.',
    )
    .helpOption(...HELP)
    .helpCommand('help [command]', 'print this help, or that of a command');
  program
    .command('doctor')
    .description('say which engines, providers and GPUs this machine has, and why others are out')
    .action(actions.doctor);
  addModelsCommand(program, actions.models);
  return program;
}

function addOutputOptions(program: Command): void {
  program
    .option(
      '-o, --output <file>',
      'a .png, .jpg or .webp file (default: out/<picture>-<layer>.png)',
    )
    .option(
      '-p, --preset <name>',
      `a recipe: ${Object.keys(presets).join(', ')} (default: default)`,
    )
    .option('--size <pixels>', 'longest side; a larger picture is shrunk (default: 1024)')
    .option(
      '--max-pixels <count>',
      'refuse pictures with more pixels than this (default: 64000000)',
    )
    .option(
      '--mask <file>',
      'a picture: where it is white the dream takes place, black or transparent stays',
    )
    .option('--quality <percent>', 'of a .jpg (default: 92) or .webp (default: 90)')
    .option('--quiet', 'print nothing but errors')
    .option('--json', 'print the result as one line of JSON');
}

function addRecipeOptions(program: Command): void {
  for (const { field, value, words, without } of recipeOptions) {
    const flag = flagOf(field);
    const described = `${words} (default: ${defaultWords(field)})`;
    if (value !== undefined) {
      program.option(`${flag} <${value}${without === undefined ? '' : `|${without}`}>`, described);
      continue;
    }
    program.option(flag, described);
    program.option(flag.replace('--', '--no-'), `the opposite of ${flag}`);
  }
}

function addEngineOptions(program: Command): void {
  program
    .option('-m, --model <name>', 'a folder in models/ (default: inception_v3)')
    .option('--deep-layers', 'allow layers beyond the deepest that the model dreams at')
    .option('--engine <name>', 'auto, onnx or tensorflow (default: auto)')
    .option('--provider <name>', 'what the engine runs on; npm run doctor lists them')
    .option('--threads <count>', 'of the onnx engine (default: one for each core)')
    .option(
      '--precision <name>',
      'float, half, or auto: half where a GPU is faster with it and its pictures stay (default: auto)',
    );
}

function defaultWords(field: RecipeField): string {
  if (field === 'layer') return `${presets.default.layer}; the clouds at the model's own`;
  const recipe: Recipe = presets.default;
  const value = recipe[field];
  if (value === undefined) {
    const option = recipeOptions.find((candidate) => candidate.field === field);
    return option?.value === undefined ? 'off' : (option.without ?? 'none');
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'object' ? Object.values(value).join(',') : String(value);
}

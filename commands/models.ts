import type { CommandGroup, SimpleCommand } from '../src/chat/command.ts';
import { presets } from '../src/dream/presets.ts';
import { DreamError } from '../src/kit/errors.ts';
import { parseShown, shownBy, shownTitle } from '../src/studio/shown.ts';

const list: SimpleCommand = {
  name: 'list',
  description: 'The networks that can dream here',
  options: {},
  async run({ models, reply }) {
    const [usable, broken] = await Promise.all([models.list(), models.broken()]);
    const described = usable.map(async ({ name, title }) => {
      const layer = await models.layerFor(name, presets.default.layer);
      return { name, value: `${title} · dreams at ${layer}` };
    });
    const fields = [
      ...(await Promise.all(described)),
      ...broken.map(({ name, error }) => ({ name, value: `cannot be used: ${error.message}` })),
    ];
    const example = usable.at(-1)?.name;
    const text = [
      '**Models**',
      'Each dreams at the layer beside it, unless you name another one.',
      ...(example === undefined ? [] : [`To choose one: \`/dream model:${example}\``]),
    ].join('\n');
    await reply({ text, fields }, { private: true });
  },
};

const one = {
  model: {
    kind: 'text',
    description: 'Which one',
    maxLength: 100,
    completes: 'model',
    required: true,
  },
} as const;

const show: SimpleCommand<typeof one> = {
  name: 'show',
  description: 'What a network is, and the layers worth dreaming at',
  options: one,
  async run({ models, reply }, { model }) {
    const description = await models.describe(model);
    const { name, title, licence, input, layersWorthDreaming, labels } = description;
    const usual = await models.layerFor(name, presets.default.layer);
    const layers = layersWorthDreaming.map((layer) => `\`${layer}\``).join(' ');
    await reply(
      {
        text: [`**${name}** · ${title}`, description.description].join('\n').trim(),
        fields: [
          { name: 'Layers worth dreaming at', value: layers },
          { name: 'Dreams at', value: `\`${usual}\`, unless you name another one` },
          ...(labels.length === 0 || !description.dreamableClasses
            ? []
            : [{ name: `Classes (${labels.length})`, value: labels.slice(0, 40).join(', ') }]),
          { name: 'Shown', value: shownTitle(shownBy(input)) },
          { name: 'Licence', value: licence },
        ],
      },
      { private: true },
    );
  },
};

const asked = {
  file: {
    kind: 'file',
    description: 'A zip of its folder, or one file: .h5, .keras, .pb, .onnx, .caffemodel',
    required: true,
  },
  name: {
    kind: 'text',
    description: 'What it is called here; without it, as the file',
    maxLength: 60,
  },
  range: {
    kind: 'text',
    description: 'What its pictures go from and to, such as -1,1; without it, found out',
    maxLength: 40,
  },
  labels: {
    kind: 'text',
    description: 'Its classes in their order, with commas; without it, found among the files',
    maxLength: 6000,
  },
  shown: {
    kind: 'choice',
    description: 'What its program shows it of a picture: all, stretched, or the middle, cut out',
    choices: ['whole', 'middle', 'middle,0.875'],
  },
} as const;

const add: SimpleCommand<typeof asked> = {
  name: 'add',
  description: 'Bring a classifier of your own; for the people who run this bot',
  options: asked,
  async run({ addModel }, { file, name, range, labels, shown }) {
    const part = parseShown(shown ?? '');
    await addModel({
      file,
      ...(name === undefined ? {} : { name }),
      ...(range === undefined ? {} : { range: rangeOf(range) }),
      ...(labels === undefined ? {} : { labels: listOf(labels) }),
      ...(part ? { shown: part } : {}),
    });
  },
};

const remove: SimpleCommand<typeof one> = {
  name: 'remove',
  description: 'Remove a model that was added; for the people who run this bot',
  options: one,
  async run({ removeModel, reply }, { model }) {
    await removeModel(model);
    await reply({ text: `**${model}** was removed, with its files.` });
  },
};

function rangeOf(text: string): readonly [number, number] {
  const [low, high, ...more] = listOf(text).map(Number);
  if (low !== undefined && high !== undefined && low < high && more.length === 0) {
    return [low, high];
  }
  const message = `range: expected two numbers, the lower one first, found '${text}'`;
  throw new DreamError('bad-option', message, 'For example: `range:-1,1` or `range:0,255`.');
}

function listOf(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

export const models: CommandGroup = {
  name: 'models',
  description: 'The networks that can dream here',
  subcommands: [list, show, add, remove] as readonly SimpleCommand[],
};

import type { CommandGroup, SimpleCommand } from '../src/chat/command.ts';

const list: SimpleCommand = {
  name: 'list',
  description: 'The networks that can dream here',
  options: {},
  async run({ models, reply }) {
    const [usable, broken] = await Promise.all([models.list(), models.broken()]);
    const fields = [
      ...usable.map(({ name, title, defaultLayer }) => ({
        name,
        value: `${title} · dreams at ${defaultLayer}`,
      })),
      ...broken.map(({ name, error }) => ({ name, value: `cannot be used: ${error.message}` })),
    ];
    await reply({ text: '**Models** · `/dream model:…`', fields }, { private: true });
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
    const { name, title, licence, layersWorthDreaming, defaultLayer, labels } = description;
    const layers = layersWorthDreaming.map((layer) => `\`${layer}\``).join(' ');
    await reply(
      {
        text: [`**${name}** · ${title}`, description.description].join('\n').trim(),
        fields: [
          { name: 'Layers worth dreaming at', value: layers },
          { name: 'Dreams at', value: `\`${defaultLayer}\`` },
          ...(labels.length === 0
            ? []
            : [{ name: `Classes (${labels.length})`, value: labels.slice(0, 40).join(', ') }]),
          { name: 'Licence', value: licence },
        ],
      },
      { private: true },
    );
  },
};

export const models: CommandGroup = {
  name: 'models',
  description: 'The networks that can dream here',
  subcommands: [list, show] as readonly SimpleCommand[],
};

import type { SimpleCommand } from '../src/chat/command.ts';
import { presets } from '../src/dream/presets.ts';
import { DEFAULT_MODEL } from '../src/studio/defaults.ts';

const options = {
  picture: { kind: 'picture', description: 'The picture to try them on; without it, some clouds' },
  model: {
    kind: 'text',
    description: 'The network whose layers to show',
    maxLength: 100,
    completes: 'model',
  },
} as const;

export const layers: SimpleCommand<typeof options> = {
  name: 'layers',
  description: 'A sheet of what each layer worth dreaming at makes of a picture',
  options,
  async run({ models, settings, order }, { picture, model = DEFAULT_MODEL }) {
    const { layersWorthDreaming, defaultLayer } = await models.describe(model);
    const chosen = layersWorthDreaming.length > 0 ? layersWorthDreaming : [defaultLayer];
    await order({
      job: {
        kind: 'sheet',
        model,
        layers: chosen,
        recipe: presets.default,
        deepLayers: settings.deepLayers,
      },
      source: picture
        ? { from: 'attachment', reference: picture.reference, name: picture.name }
        : { from: 'clouds' },
    });
  },
};

import type { SimpleCommand } from '../src/chat/command.ts';
import { dreamJob, recipeOptions } from './dream-options.ts';

const options = {
  picture: { kind: 'picture', description: 'The picture to dream on; without it, some clouds' },
  ...recipeOptions,
} as const;

export const dream: SimpleCommand<typeof options> = {
  name: 'dream',
  description: 'Dream on a picture: what a layer of the network likes grows out of it',
  options,
  onPicture: 'Dream this picture',
  async run(context, { picture, ...values }) {
    const job = await dreamJob(context, values);
    const { reference, name } = picture ?? {};
    await context.order({
      job,
      source:
        reference === undefined || name === undefined
          ? { from: 'clouds' }
          : { from: 'attachment', reference, name },
    });
  },
};

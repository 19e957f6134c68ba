import type { SimpleCommand } from '../src/chat/command.ts';
import type { Attachment } from '../src/chat/option.ts';
import { dreamJob, recipeOptions } from './dream-options.ts';

const options = {
  picture: { kind: 'picture', description: 'The picture to dream on; without it, some clouds' },
  mask: {
    kind: 'picture',
    description:
      'A second picture: where it is white the dream takes place, black or transparent stays',
  },
  ...recipeOptions,
} as const;

export const dream: SimpleCommand<typeof options> = {
  name: 'dream',
  description: 'Dream on a picture: what a layer of the network likes grows out of it',
  options,
  onPicture: 'Dream this picture',
  async run(context, { picture, mask, ...values }) {
    const job = await dreamJob(context, values);
    await context.order({
      job,
      source: picture ? sourceOf(picture) : { from: 'clouds' },
      ...(mask ? { mask: sourceOf(mask) } : {}),
    });
  },
};

function sourceOf({ reference, name }: Attachment) {
  return { from: 'attachment', reference, name } as const;
}

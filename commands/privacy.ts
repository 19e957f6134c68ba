import type { SimpleCommand } from '../src/chat/command.ts';
import { counted } from '../src/chat/words.ts';

const options = {
  forget: { kind: 'switch', description: 'Delete your dreams and their pictures from this bot' },
} as const;

export const privacy: SimpleCommand<typeof options> = {
  name: 'privacy',
  description: 'What is kept of you, and how to have it deleted',
  options,
  async run({ studio, contests, person, place, forgetHere, reply }, { forget = false }) {
    const owner = { platform: place.platform, id: person.id };
    if (forget) {
      await contests.forget(owner);
      const count = await studio.forget(owner);
      await forgetHere?.();
      const others = forgetHere
        ? 'What you said here is deleted too, and what I answered.'
        : 'What was posted in a channel stays there until you delete it.';
      const pictures = count === 1 ? 'its pictures' : 'their pictures';
      const text =
        count === 0
          ? `There was no dream of yours left to delete. ${others}`
          : `Deleted ${counted(count, 'dream')} of yours, with ${pictures}. ${others}`;
      await reply({ text }, { private: true });
      return;
    }
    const { days, bytes } = studio.kept;
    const text = [
      'Kept on the machine that runs this bot: your id and name on this platform, the pictures that you sent me for dreams, the dreams, and their recipes, so that buttons work later on; in contests, your entries and votes.',
      ...(forgetHere
        ? ['What is said here is kept there too, until there is too much of it.']
        : []),
      'Nothing is sent anywhere else. Pictures are dreamed on this machine and used for nothing else.',
      `${counted(days, 'day')} after a dream was delivered it is deleted, with its pictures; the oldest pictures go before that when all of them take more than ${bytes / 1e9} GB. What a running contest needs stays as long as it runs, a contest's entries and results stay with it.`,
      '`/privacy forget:yes` deletes all of it.',
    ].join('\n');
    await reply({ text }, { private: true });
  },
};

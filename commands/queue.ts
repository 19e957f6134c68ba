import type { SimpleCommand } from '../src/chat/command.ts';
import { counted, duration } from '../src/chat/words.ts';

export const queue: SimpleCommand = {
  name: 'queue',
  description: 'What is being dreamed, what waits, and how long a new dream would take',
  options: {},
  async run({ studio, person, place, reply }) {
    const { rendering, waiting, eta } = await studio.queue();
    const own = await studio.ordersOf({ platform: place.platform, id: person.id }, 25);
    const yours = own.flatMap(({ id }) => {
      if (rendering.includes(id)) return [`\`${id}\` is being dreamed now`];
      const ahead = waiting.indexOf(id);
      return ahead < 0 ? [] : [`\`${id}\` waits, ${counted(ahead, 'dream')} before it`];
    });
    const lines = [
      `**${counted(rendering.length, 'dream')}** under way, **${waiting.length}** waiting.`,
      ...(eta === null ? [] : [`A new one would be done in about ${duration(eta)}.`]),
      ...(yours.length === 0 ? [] : ['', 'Yours:', ...yours, '`/cancel` ends one.']),
    ];
    await reply({ text: lines.join('\n') }, { private: true });
  },
};

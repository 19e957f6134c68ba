import type { SimpleCommand } from '../src/chat/command.ts';
import { counted, duration, placeInLine, titleOf } from '../src/chat/words.ts';

export const queue: SimpleCommand = {
  name: 'queue',
  description: 'What is being dreamed, what waits, and how long a new dream would take',
  options: {},
  async run({ studio, person, place, reply }) {
    const { rendering, waiting, eta } = await studio.queue();
    const own = await studio.ordersOf({ platform: place.platform, id: person.id }, 25);
    const line = [...rendering, ...waiting];
    const yours = own
      .filter(({ id }) => line.includes(id))
      .sort((one, other) => line.indexOf(one.id) - line.indexOf(other.id))
      .map((order) => {
        const ahead = waiting.indexOf(order.id);
        const standing = ahead < 0 ? 'is being dreamed now' : `waits: ${placeInLine(ahead)}`;
        return `${titleOf(order)} ${standing} · \`${order.id}\``;
      });
    const state =
      line.length === 0
        ? 'Nothing is being dreamed, and nothing waits: a new dream begins at once.'
        : `**${counted(rendering.length, 'dream')}** under way, **${waiting.length}** waiting.`;
    const lines = [
      state,
      ...(eta === null ? [] : [`A new one would be done in about ${duration(eta)}.`]),
      ...(yours.length === 0 ? [] : ['', '**Yours**', ...yours, '`/cancel` ends the newest.']),
    ];
    await reply({ text: lines.join('\n') }, { private: true });
  },
};

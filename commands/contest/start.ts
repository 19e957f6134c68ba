import type { SimpleCommand } from '../../src/chat/command.ts';
import { contestButton, rulesOf } from '../../src/chat/contests/words.ts';
import { DreamError } from '../../src/kit/errors.ts';
import { roleId, settingsFrom, startOptions } from './start-options.ts';

export const start: SimpleCommand<typeof startOptions> = {
  name: 'start',
  description: 'Start a contest of dreams',
  options: startOptions,
  async run(context, values) {
    const { contests, actor, event, reply, models } = context;
    const settings = settingsFrom(context, values, contests.now());
    await Promise.all((settings.models ?? []).map((name) => models.describe(name)));
    const contest = await contests.create(actor, { event, theme: values.theme, settings });
    const {
      id,
      theme,
      settings: { start: picture },
    } = contest;
    const how = picture
      ? 'Press **Dream on its picture**, then **Enter contest** under the dream that you like best.'
      : 'Make one with `/dream`, and press **Enter contest** under it.';
    await reply({
      text: `A contest of dreams: **${theme}**\n${how}`,
      fields: rulesOf(contest),
      buttons: [
        ...(picture ? [contestButton('begin', id, 'Dream on its picture', 'main')] : []),
        contestButton('entries', id, 'All entries'),
      ],
    });
  },
};

const runnersOptions = {
  roles: {
    kind: 'text',
    description: 'Roles that may start contests besides admins; none: admins alone',
    maxLength: 500,
  },
} as const;

export const runners: SimpleCommand<typeof runnersOptions> = {
  name: 'runners',
  description: 'Who may start contests here, besides admins',
  options: runnersOptions,
  async run({ contests, actor, place, reply }, { roles }) {
    if (roles !== undefined) {
      const names = roles.split(/[\s,;]+/).filter((name) => !['', 'none'].includes(name));
      await contests.runners.set(actor, names.map(roleId));
    } else if (!actor.admin) {
      throw new DreamError('not-allowed', 'only admins may say who starts contests');
    }
    const count = (await contests.runners.of(place)).length;
    const text =
      count === 0
        ? 'Admins start contests here.'
        : `Admins start contests here, and people with one of ${count} roles.`;
    await reply({ text }, { private: true });
  },
};

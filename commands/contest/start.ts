import type { Context, SimpleCommand } from '../../src/chat/command.ts';
import { contestButton, rulesOf } from '../../src/chat/contests/words.ts';
import { DreamError } from '../../src/kit/errors.ts';
import type { ContestSettingsInput } from '../../src/studio/contests/settings.ts';
import { roleId, settingsFrom, startOptions } from './start-options.ts';

export const start: SimpleCommand<typeof startOptions> = {
  name: 'start',
  description: 'Start a contest of dreams',
  options: startOptions,
  announces: true,
  async run(context, values) {
    const { contests, actor, event, reply, models } = context;
    const settings = settingsFrom(context, values, contests.now());
    checkTold(context, settings);
    await Promise.all((settings.models ?? []).map((name) => models.describe(name)));
    const layers = await knownLayers(models, settings);
    const asked = { event, theme: values.theme, settings: { ...settings, layers } };
    const contest = await contests.create(actor, asked);
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

/**
 * Rules about what a platform does not tell of people would let nobody vote, or run the contest.
 * @throws DreamError 'bad-option'
 */
function checkTold({ person, actor }: Context, settings: ContestSettingsInput): void {
  // What is wrong is for those to know who may start one.
  if (!actor.admin && person.roles === undefined) return;
  const { minimumAccountAgeDays, minimumMemberDays, winnerRole, runners: roles } = settings;
  const told: readonly (readonly [string, unknown, unknown])[] = [
    ['account_days', minimumAccountAgeDays, person.accountCreatedAt],
    ['member_days', minimumMemberDays, person.joinedAt],
    ['winner_role', winnerRole, person.roles],
    ['runners', roles, person.roles],
  ];
  const [untold] =
    told.find(([, wanted, known]) => wanted !== undefined && known === undefined) ?? [];
  if (untold === undefined) return;
  const message = `${untold}: this place does not tell that of people`;
  throw new DreamError('bad-option', message, 'Leave it out.');
}

/**
 * The layers that are allowed, as the models call them: with a name that none has, nobody could enter.
 * @throws DreamError 'unknown-layer'
 */
async function knownLayers(
  models: Context['models'],
  { layers: asked = [], models: allowed = [] }: ContestSettingsInput,
): Promise<string[]> {
  if (asked.length === 0) return [];
  const names = allowed.length > 0 ? allowed : await models.names();
  // One that cannot be read has no dreams either.
  const lists = names.map((name) => models.layersOf(name, true).catch(() => []));
  const all = (await Promise.all(lists)).flat();
  return asked.map((layer) => {
    const [, base = layer, tap = ''] = /^(.*?)(:pre)?$/i.exec(layer) ?? [];
    const known = all.find((each) => each.toLowerCase() === base.toLowerCase());
    if (known !== undefined) return `${known}${tap.toLowerCase()}`;
    const message = `there is no layer '${layer}' in ${names.join(', ')}`;
    throw new DreamError('unknown-layer', message, '/models show names those of a model.');
  });
}

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
  async run({ contests, actor, person, place, reply }, { roles }) {
    if (actor.admin && person.roles === undefined) {
      await reply(
        { text: 'Admins start contests here: this place has no roles.' },
        { private: true },
      );
      return;
    }
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
        : `Admins start contests here, and people with ${count === 1 ? 'the role' : `one of the ${count} roles`} that you named.`;
    await reply({ text }, { private: true });
  },
};

/** What a place is told when a contest of it has turned. */
import { DreamError } from '../../kit/errors.ts';
import type { Logger } from '../../kit/log.ts';
import type { Shelf } from '../../kit/shelf.ts';
import type { Announcement } from '../../studio/contests/announcer.ts';
import type { Contests } from '../../studio/contests/contests.ts';
import type { Results } from '../../studio/contests/results.ts';
import type { ContestFacts } from '../../studio/contests/views.ts';
import type { Place } from '../../studio/order.ts';
import { actorOf } from '../actor.ts';
import type { Outbound } from '../outbound.ts';
import { drawnPicture } from '../picture-file.ts';
import { readPlaceSettings } from '../place-settings.ts';
import type { Platform } from '../platform.ts';
import { counted } from '../words.ts';
import { contestButton, isVeiled, moment, nameOf, resultsText } from './words.ts';

export interface AnnouncingParts {
  readonly contests: Contests;
  readonly platforms: readonly Platform[];
  readonly shelf: Shelf;
  readonly log: Logger;
  readonly galleryLink: (place: Place, contest: string) => string | null;
}

/** @throws where the platform is not connected here, or does not take it: it is tried again. */
export async function announceTurn(
  { contest, phase, again }: Announcement,
  parts: AnnouncingParts,
): Promise<void> {
  const { place, id } = contest;
  const platform = parts.platforms.find(({ name }) => name === place.platform);
  if (!platform) throw new Error(`${place.platform} is not connected`);
  const sending = { key: `contest-${id}-${phase}`, again };
  // The bot was away: who reads now that voting has begun would come too late.
  if (phase === 'voting' && contest.phase !== 'voting') return;
  if (phase === 'voting') {
    await platform.announce(place, await votingMessage(contest, parts), sending);
  } else if (phase === 'cancelled') {
    const text = `The contest **${contest.theme}** was cancelled: ${contest.reason ?? ''}`;
    await platform.announce(place, { text }, sending);
  } else if (phase === 'closed') {
    const results = await parts.contests.read.results(null, id);
    const { spoiler } = await readPlaceSettings(parts.shelf, place);
    const message = await resultsMessage(results, { ...parts, spoiler });
    await platform.announce(place, message, sending);
    await giveWinnerRole(results, platform, parts);
  }
}

async function votingMessage(
  { id, theme, settings, place }: ContestFacts,
  { contests }: AnnouncingParts,
): Promise<Outbound> {
  const anybody = actorOf({ id: '', name: '', admin: false }, place);
  const { entries } = await contests.read.status(anybody, id);
  const text = [
    `**${theme}**: voting has begun, ${counted(entries, 'dream')} to choose from.`,
    `It ends ${moment(settings.votingEndsAt)}. Nobody sees a count before.`,
  ].join('\n');
  const buttons = [
    contestButton('vote', id, 'Vote', 'main'),
    contestButton('entries', id, 'All entries'),
  ];
  return { text, buttons };
}

/** Of a contest that is closed: it may be shown to anybody in its place. */
export async function resultsMessage(
  results: Results,
  parts: Pick<AnnouncingParts, 'contests' | 'galleryLink'> & { readonly spoiler: boolean },
): Promise<Outbound> {
  const { contest, podium, placed } = results;
  const { id, theme, place } = contest;
  if (placed.length === 0) return { text: `**${theme}** is over. Nobody entered a dream.` };
  const png = await parts.contests.read.podium(null, id);
  const spoiler = parts.spoiler || isVeiled(podium.map(({ entry }) => entry));
  const names = podium.map(({ rank, entry }) => `${rank}. ${nameOf(entry.by?.name ?? '')}`);
  const alt = `The winners of the contest ${theme}: ${names.join(', ')}`;
  const url = parts.galleryLink(place, id);
  return {
    text: resultsText(results),
    ...(png ? { picture: drawnPicture({ name: `contest-${id}`, alt, spoiler }, png) } : {}),
    ...(url === null ? {} : { link: { label: 'Gallery', url } }),
    buttons: [contestButton('entries', id, 'All entries')],
  };
}

/** A failure is told to whoever started the contest, and stops nothing. */
async function giveWinnerRole(
  { contest, podium }: Results,
  platform: Platform,
  { log }: AnnouncingParts,
): Promise<void> {
  const { id, place, settings, startedBy } = contest;
  const winner = podium[0]?.entry.by;
  if (settings.winnerRole === undefined || !winner || !platform.grantRole) return;
  try {
    await platform.grantRole(place, winner.id, settings.winnerRole);
  } catch (error) {
    log.warn({ err: error, contest: id }, "the winner's role was not given");
    const why =
      error instanceof DreamError ? [error.message, error.hint ?? ''] : ['try it by hand'];
    const text = `${startedBy.name}: the winner's role was not given. ${why.join('. ').trim()}`;
    const sending = { key: `contest-${id}-role`, again: false };
    await platform.announce(place, { text, tone: 'problem' }, sending).catch((failure: unknown) => {
      log.warn({ err: failure, contest: id }, 'nobody could be told of it');
    });
  }
}

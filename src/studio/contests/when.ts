/**
 * Dates as people write them, in the time zone of their server:
 *
 *   2 days · tomorrow noon · friday 18:00 · 2026-12-24 20:00 · in 90 minutes
 *
 * A length of time ('2 days') is that many hours from now. A time on the wall ('friday 18:00')
 * means the clock there. Where the clocks go forward over it, it is the moment as long after the
 * gap's beginning as it says (02:30 becomes 03:30); where they go back and it comes twice, it is
 * the first time.
 */
import { casual } from 'chrono-node';
import type { ParsedComponents } from 'chrono-node';
import { DateTime, IANAZone } from 'luxon';
import { DreamError } from '../../kit/errors.ts';

const HOUR = 3_600_000;

/** Longer ones are no dates. */
const LONGEST = 100;

const UNITS: Readonly<Record<string, number>> = {
  m: HOUR / 60,
  h: HOUR,
  d: 24 * HOUR,
  w: 7 * 24 * HOUR,
};

/**
 * @param zone an IANA name, such as 'Europe/Berlin'.
 * @returns milliseconds since 1970, later than `now`.
 * @throws DreamError 'bad-option'
 */
export function readWhen(text: string, zone: string, now: number): number {
  checkZone(zone);
  const words = text.trim().toLowerCase();
  const at =
    words.length > LONGEST ? null : (lengthFrom(words, now) ?? momentFrom(words, zone, now));
  if (at === null) throw wrong(text, 'is no date that can be read');
  if (at <= now) throw wrong(text, `was ${inWords(at, zone)}, which is over`);
  return at;
}

/** @throws DreamError 'bad-option' */
export function checkZone(zone: string): void {
  if (IANAZone.isValidZone(zone)) return;
  throw new DreamError(
    'bad-option',
    `there is no time zone '${zone.slice(0, 60)}'`,
    "Name one as 'Europe/Berlin', 'America/New_York' or 'UTC'.",
  );
}

/** 'Fri 9 Jan 2026, 18:00 GMT+1': for those places where a reader's own time cannot be shown. */
export function inWords(at: number, zone: string): string {
  const local = DateTime.fromMillis(at, { zone, locale: 'en-GB' });
  return local.toFormat("ccc d LLL yyyy, HH:mm 'GMT'Z");
}

/** '2 days', '1 week 3 hours', '90m': hours that pass, whatever the clocks do. */
function lengthFrom(words: string, now: number): number | null {
  const parts = words.replace(/^in\s+/, '');
  const one = /(\d{1,5}(?:\.\d{1,3})?)\s*(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)\b/g;
  const left = parts
    .replace(one, '')
    .replaceAll(/\band\b|,/g, '')
    .trim();
  if (left !== '') return null;
  const lengths = [...parts.matchAll(one)].map(
    ([, count, unit]) => Number(count) * UNITS[unit![0]!]!,
  );
  return lengths.length === 0
    ? null
    : now + Math.round(lengths.reduce((sum, length) => sum + length));
}

function momentFrom(words: string, zone: string, now: number): number | null {
  const here = DateTime.fromMillis(now, { zone });
  // Chrono counts in the zone of the machine: it is given the wall clock of the server as if it
  // were UTC, and what it finds is read as a wall clock again.
  const reference = { instant: new Date(now), timezone: here.offset };
  const found = casual.parse(words, reference, { forwardDate: true });
  const [result] = found;
  if (found.length !== 1 || result!.text.length !== words.length || result!.end) return null;
  return momentOf(result!.start, zone);
}

function momentOf(parts: ParsedComponents, zone: string): number | null {
  const part = (name: Parameters<ParsedComponents['get']>[0]): number => parts.get(name) ?? 0;
  const offset = parts.get('timezoneOffset');
  const wall = {
    ...{ year: part('year'), month: part('month'), day: part('day') },
    ...{ hour: part('hour'), minute: part('minute'), second: part('second') },
  };
  // '18:00 UTC' says its own zone.
  const own = parts.isCertain('timezoneOffset') && offset !== null;
  if (own) return valid(DateTime.fromObject(wall, { zone: 'utc' }).minus({ minutes: offset }));
  return valid(firstOf(DateTime.fromObject(wall, { zone })));
}

/** Of a time on the wall that comes twice. */
function firstOf(moment: DateTime): DateTime {
  const both = moment.getPossibleOffsets();
  return both.reduce(
    (first, other) => (other.toMillis() < first.toMillis() ? other : first),
    moment,
  );
}

function valid(moment: DateTime): number | null {
  return moment.isValid ? moment.toMillis() : null;
}

function wrong(text: string, problem: string): DreamError {
  return new DreamError(
    'bad-option',
    `'${text.slice(0, 60)}' ${problem}`,
    "Say when, such as '2 days', 'friday 18:00', 'tomorrow noon' or '2026-12-24 20:00'.",
  );
}

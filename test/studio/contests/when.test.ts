import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { inWords, readWhen } from '../../../src/studio/contests/when.ts';
import fc from '../../helpers/fast-check.ts';

const BERLIN = 'Europe/Berlin';

/** Monday, noon in Berlin. */
const NOW = Date.parse('2026-01-05T12:00:00+01:00');

const read = (text: string, zone = BERLIN, now = NOW): string =>
  new Date(readWhen(text, zone, now)).toISOString();

describe('a date in words', () => {
  it.each([
    ['2 days', '2026-01-07T11:00:00.000Z'],
    ['in 90 minutes', '2026-01-05T12:30:00.000Z'],
    ['1 week and 3 hours', '2026-01-12T14:00:00.000Z'],
    ['1.5h', '2026-01-05T12:30:00.000Z'],
    ['36h', '2026-01-06T23:00:00.000Z'],
    ['friday 18:00', '2026-01-09T17:00:00.000Z'],
    ['Friday at 6pm', '2026-01-09T17:00:00.000Z'],
    ['tomorrow noon', '2026-01-06T11:00:00.000Z'],
    ['tonight at 23:30', '2026-01-05T22:30:00.000Z'],
    ['18:00', '2026-01-05T17:00:00.000Z'],
    ['2026-12-24 20:00', '2026-12-24T19:00:00.000Z'],
    ['2026-07-01 20:00', '2026-07-01T18:00:00.000Z'],
    ['24 december 20:00', '2026-12-24T19:00:00.000Z'],
    ['2026-01-09 18:00 UTC', '2026-01-09T18:00:00.000Z'],
    ['2026-01-09T18:00:00Z', '2026-01-09T18:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('means the clock of the server, whatever that of the machine says', () => {
    expect(read('friday 18:00', 'America/New_York')).toBe('2026-01-09T23:00:00.000Z');
    expect(read('friday 18:00', 'Asia/Kolkata')).toBe('2026-01-09T12:30:00.000Z');
    expect(read('friday 18:00', 'Pacific/Auckland')).toBe('2026-01-09T05:00:00.000Z');
    // It is Tuesday there by now.
    const late = Date.parse('2026-01-05T20:00:00Z');
    expect(read('tomorrow 08:00', 'Pacific/Auckland', late)).toBe('2026-01-06T19:00:00.000Z');
  });

  it('keeps to the wall when the clocks change before it, and to the hours in a length', () => {
    const before = Date.parse('2026-03-28T12:00:00+01:00');
    expect(read('tomorrow 12:00', BERLIN, before)).toBe('2026-03-29T10:00:00.000Z');
    expect(read('1 day', BERLIN, before)).toBe('2026-03-29T11:00:00.000Z');
  });

  it('that the clocks leave out is as much later', () => {
    const before = Date.parse('2026-03-28T12:00:00+01:00');
    expect(read('2026-03-29 02:30', BERLIN, before)).toBe('2026-03-29T01:30:00.000Z');
  });

  it('that comes twice is the first of the two', () => {
    const before = Date.parse('2026-10-24T12:00:00+02:00');
    expect(read('2026-10-25 02:30', BERLIN, before)).toBe('2026-10-25T00:30:00.000Z');
    expect(read('2026-11-01 01:30', 'America/New_York', before)).toBe('2026-11-01T05:30:00.000Z');
  });

  it.each([
    '',
    'soon',
    'friday and saturday',
    'when the cat sleeps',
    'x'.repeat(2000),
    '99999999 days',
    'friday 18:00 or so',
    'monday to friday',
  ])('is not %j', (text) => {
    expect(() => readWhen(text, BERLIN, NOW)).toThrow(
      expect.objectContaining({
        code: 'bad-option',
        hint: expect.stringContaining('2 days') as string,
      }),
    );
  });

  it('lies in the future', () => {
    expect(() => readWhen('2025-12-24 20:00', BERLIN, NOW)).toThrow(/which is over/);
    expect(() => readWhen('0 days', BERLIN, NOW)).toThrow(/which is over/);
  });

  it('needs a zone that there is', () => {
    expect(() => readWhen('2 days', 'Mars/Olympus', NOW)).toThrow(/no time zone/);
  });

  it('of any moment and zone is read back', () => {
    const zone = fc.constantFrom(
      BERLIN,
      'America/St_Johns',
      'Asia/Kathmandu',
      'Australia/Lord_Howe',
    );
    fc.assert(
      fc.property(zone, fc.integer({ min: 1, max: 500_000 }), (name, minutes) => {
        const moment = DateTime.fromMillis(NOW + minutes * 60_000, { zone: name });
        const first = moment.getPossibleOffsets().map((one) => one.toMillis());
        const text = moment.toFormat('yyyy-MM-dd HH:mm');
        expect(readWhen(text, name, NOW)).toBe(Math.min(...first, moment.toMillis()));
      }),
      { numRuns: 1000 },
    );
  });

  it('is told in the words of a zone', () => {
    expect(inWords(NOW, BERLIN)).toBe('Mon 5 Jan 2026, 12:00 GMT+1');
  });
});

import * as chrono from 'chrono-node';
import { DateTime } from 'luxon';
import { DreamError } from '../../src/kit/errors.ts';

export function readWhen(text: string, { zone, now }: { zone: string; now: number }): number {
  const here = DateTime.fromMillis(now, { zone });
  const reference = { instant: new Date(now), timezone: here.offset };
  const [result] = chrono.parse(/^\d+ \w+$/.test(text) ? `in ${text}` : text, reference, {
    forwardDate: true,
  });
  if (!result)
    throw new DreamError(
      'bad-option',
      `'${text}' is no date`,
      "Say when, such as '2 days' or 'friday 18:00'.",
    );
  const { start } = result;
  const at = DateTime.fromObject(
    {
      year: start.get('year')!,
      month: start.get('month')!,
      day: start.get('day')!,
      hour: start.get('hour')!,
      minute: start.get('minute')!,
    },
    { zone },
  );
  return at.toMillis();
}

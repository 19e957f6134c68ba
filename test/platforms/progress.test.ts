/** What people read while their dream waits and while it is rendered, in Slack and on Discord. */
import { describe, expect, it } from 'vitest';
import type { Outbound } from '../../src/chat/outbound.ts';
import { progressMessage } from '../../src/chat/words.ts';
import { discordMessage } from '../../src/platforms/discord/message.ts';
import { messageOf } from '../../src/platforms/slack/blocks.ts';
import type { OrderUpdate } from '../../src/studio/order.ts';
import { job, newOrder } from '../helpers/studio.ts';

const ORDER = {
  ...newOrder({ job: { ...job, recipe: { ...job.recipe, layer: 'mixed4' } } }),
  ...({ id: 'abcdefghijkl', state: 'rendering', crashes: 0, deliveryBegun: false } as const),
  ...{ createdAt: 0, updatedAt: 0 },
};
const said = (update: OrderUpdate): Outbound => progressMessage(ORDER, update);
const waiting = said({ state: 'queued', ahead: 3, eta: 40 });
const going = said({
  ...{ state: 'rendering', fraction: 0.42, eta: 30, octave: 2, octaves: 5 },
  preview: new Uint8Array([255, 216, 255, 7]),
});

describe('in Slack', () => {
  const seen = (outbound: Outbound): string => JSON.stringify(messageOf(outbound).blocks);

  it('a dream that waits says its place, its time and how to cancel it', () => {
    expect(seen(waiting)).toContain('*Dream of mixed4* · 3 dreams before it');
    expect(seen(waiting)).toContain('about 40 s to go');
    expect(seen(waiting)).toContain('cancel:abcdefghijkl');
  });

  it('a dream under way says its octave, percent, time and how to cancel it', () => {
    expect(seen(going)).toContain('*Dream of mixed4* · octave 2 of 5');
    expect(seen(going)).toContain('42 % · about 30 s to go');
    expect(seen(going)).toContain('cancel:abcdefghijkl');
  });
});

describe('on Discord', () => {
  const seen = async (outbound: Outbound): Promise<string> =>
    JSON.stringify(discordMessage(outbound, await outbound.picture?.fileWithin(1000)).body);

  it('a dream that waits says its place, its time and how to cancel it', async () => {
    expect(await seen(waiting)).toContain('**Dream of mixed4** · 3 dreams before it');
    expect(await seen(waiting)).toMatch(/<t:\d+:R>/);
    expect(await seen(waiting)).toContain('cancel:abcdefghijkl');
  });

  it('a dream under way says its octave, percent and time, and shows how it looks', async () => {
    expect(await seen(going)).toContain('**Dream of mixed4** · octave 2 of 5');
    expect(await seen(going)).toMatch(/42 % · <t:\d+:R>/);
    expect(await seen(going)).toContain('cancel:abcdefghijkl');
    const { files } = discordMessage(going, await going.picture!.fileWithin(1000));
    expect(files.map(({ contentType }) => contentType)).toEqual(['image/jpeg']);
    expect(await seen(going)).toContain(`attachment://${files[0]!.name}`);
  });
});

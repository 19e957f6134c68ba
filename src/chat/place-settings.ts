/** What admins set for their server; a conversation of two has settings of its own. */
import { z } from 'zod';
import type { Shelf } from '../kit/shelf.ts';
import type { Place } from '../studio/order.ts';

const placeSettingsSchema = z.object({
  /** Channels where dreams are made; none means all of them. */
  channels: z.array(z.string()).default([]),
  /** Longest side of a dream, in pixels. */
  largestSize: z.int().min(64).max(4096).default(1024),
  /** Layers beyond a model's `deepestLayer`. */
  deepLayers: z.boolean().default(false),
  /** Every result behind a veil. */
  spoiler: z.boolean().default(false),
  /** In which 'friday 18:00' is meant: an IANA name. */
  timezone: z.string().max(64).default('UTC'),
});

export type PlaceSettings = Readonly<z.output<typeof placeSettingsSchema>>;

const COLLECTION = 'place-settings';

export async function readPlaceSettings(shelf: Shelf, place: Place): Promise<PlaceSettings> {
  return placeSettingsSchema.parse((await shelf.get(COLLECTION, keyOf(place))) ?? {});
}

export async function changePlaceSettings(
  shelf: Shelf,
  place: Place,
  change: Partial<PlaceSettings>,
): Promise<PlaceSettings> {
  const settings = placeSettingsSchema.parse({
    ...(await readPlaceSettings(shelf, place)),
    ...change,
  });
  await shelf.put(COLLECTION, keyOf(place), settings);
  return settings;
}

function keyOf({ platform, server, channel }: Place): string {
  return `${platform}/${server ?? channel}`;
}

/** What admins set for their server; a conversation of two has settings of its own. */
import PQueue from 'p-queue';
import * as z from 'zod';
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

/** What becomes of the settings that are there at that moment. */
export type SettingsChange = (before: PlaceSettings) => Partial<PlaceSettings>;

const COLLECTION = 'place-settings';

export async function readPlaceSettings(shelf: Shelf, place: Place): Promise<PlaceSettings> {
  return placeSettingsSchema.parse((await shelf.get(COLLECTION, keyOf(place))) ?? {});
}

export class SettingsOfPlaces {
  /** One change after the other: each begins with what the one before it has left. */
  readonly #changes = new PQueue({ concurrency: 1 });

  constructor(private readonly shelf: Shelf) {}

  read(place: Place): Promise<PlaceSettings> {
    return readPlaceSettings(this.shelf, place);
  }

  change(place: Place, change: SettingsChange): Promise<PlaceSettings> {
    return this.#changes.add(async () => {
      const before = await this.read(place);
      const settings = placeSettingsSchema.parse({ ...before, ...change(before) });
      await this.shelf.put(COLLECTION, keyOf(place), settings);
      return settings;
    });
  }
}

/** Whether dreams are made in a channel. */
export function takesDreams({ channels }: PlaceSettings, ...names: readonly string[]): boolean {
  return channels.length === 0 || names.some((name) => channels.includes(name));
}

function keyOf({ platform, server, channel }: Place): string {
  return `${platform}/${server ?? channel}`;
}

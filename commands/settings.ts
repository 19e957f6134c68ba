import type { CommandGroup, SimpleCommand } from '../src/chat/command.ts';
import type { Field } from '../src/chat/outbound.ts';
import { takesDreams } from '../src/chat/place-settings.ts';
import type { PlaceSettings } from '../src/chat/place-settings.ts';
import { DreamError } from '../src/kit/errors.ts';
import { checkZone } from '../src/studio/contests/when.ts';

const show: SimpleCommand = {
  name: 'show',
  description: 'The settings of this server',
  options: {},
  async run({ settings, reply }) {
    await reply({ text: '**Settings**', fields: fieldsOf(settings) }, { private: true });
  },
};

const changes = {
  largest_size: {
    kind: 'integer',
    description: 'Longest side of a dream, in pixels',
    min: 64,
    max: 4096,
  },
  deep_layers: { kind: 'switch', description: "Allow layers beyond a model's last dreaming layer" },
  spoiler: { kind: 'switch', description: 'Every dream behind a veil' },
  timezone: {
    kind: 'text',
    description: 'In which times of contests are meant, such as Europe/Berlin',
    maxLength: 64,
    completes: 'timezone',
  },
} as const;

const set: SimpleCommand<typeof changes> = {
  name: 'set',
  description: 'Change settings of this server',
  options: changes,
  async run({ changeSettings, reply }, { largest_size, deep_layers, spoiler, timezone }) {
    if (timezone !== undefined) checkZone(timezone);
    const change = {
      ...(largest_size === undefined ? {} : { largestSize: largest_size }),
      ...(deep_layers === undefined ? {} : { deepLayers: deep_layers }),
      ...(spoiler === undefined ? {} : { spoiler }),
      ...(timezone === undefined ? {} : { timezone }),
    };
    if (Object.keys(change).length === 0) throw nothingToChange();
    const settings = await changeSettings(() => change);
    await reply({ text: '**Settings**', fields: fieldsOf(settings) }, { private: true });
  },
};

const allowed = {
  allowed: {
    kind: 'switch',
    description: 'Whether dreams are made in this channel',
    required: true,
  },
} as const;

const channel: SimpleCommand<typeof allowed> = {
  name: 'channel',
  description: 'Allow dreams in this channel; once one is allowed, the others are not',
  options: allowed,
  async run({ changeSettings, channel: here, place, reply }, { allowed: wanted }) {
    const changed = await changeSettings(({ channels }) => {
      const others = channels.filter((each) => each !== here && each !== place.channel);
      return { channels: wanted ? [...others, here] : others };
    });
    const made = takesDreams(changed, here) ? 'Dreams are made' : 'No dreams are made';
    const text = `${made} in this channel and its threads.`;
    await reply({ text, fields: fieldsOf(changed) }, { private: true });
  },
};

export const settings: CommandGroup = {
  name: 'settings',
  description: 'What dreams may do on this server',
  adminOnly: true,
  subcommands: [show, set, channel] as readonly SimpleCommand[],
};

function nothingToChange(): DreamError {
  const hint = `Name what to change: ${Object.keys(changes).join(', ')}.`;
  return new DreamError('bad-option', 'there is nothing to change', hint);
}

function fieldsOf({
  channels,
  largestSize,
  deepLayers,
  spoiler,
  timezone,
}: PlaceSettings): Field[] {
  const yesOrNo = (value: boolean): string => (value ? 'yes' : 'no');
  return [
    { name: 'Channels', value: channels.length === 0 ? 'all' : `${channels.length} allowed` },
    { name: 'Largest size', value: `${largestSize} px` },
    { name: 'Deep layers', value: yesOrNo(deepLayers) },
    { name: 'Spoiler', value: yesOrNo(spoiler) },
    { name: 'Time zone', value: timezone },
  ];
}

/** Who did something, where, and what the bot may do there. */
import { ChannelType, PermissionFlagsBits, PermissionsBitField, SnowflakeUtil } from 'discord.js';
import type { APIInteraction } from 'discord.js';
import type { Inbound, Person } from '../../chat/inbound.ts';
import type { DiscordAddress } from './address.ts';

export const PLATFORM = 'discord';

const THREADS: readonly (ChannelType | undefined)[] = [
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
];

/** Whoever may manage a server may change the bot's settings there. */
export function personOf({ member, user }: APIInteraction): Person {
  const who = member?.user ?? user;
  if (!who) throw new Error('an interaction names nobody');
  return {
    id: who.id,
    name: member?.nick ?? who.global_name ?? who.username,
    admin: member ? allows(member.permissions, PermissionFlagsBits.ManageGuild) : false,
    accountCreatedAt: SnowflakeUtil.timestampFrom(who.id),
    ...(member ? { roles: member.roles } : {}),
    ...(member?.joined_at ? { joinedAt: Date.parse(member.joined_at) } : {}),
  };
}

export function placeOf(interaction: APIInteraction): Inbound['place'] {
  const { guild_id: server } = interaction;
  const channel = channelOf(interaction);
  return { platform: PLATFORM, channel, ...(server === undefined ? {} : { server }) };
}

/**
 * Of a thread or a forum's post, the channel that it belongs to. Discord promises a channel's id
 * and type only, though it sends more.
 * @param known what is remembered of a thread.
 */
export function parentChannelOf(
  { channel }: APIInteraction,
  known: (thread: string) => string | undefined,
): string | undefined {
  // Other channels have parents too: their categories.
  if (!channel || !THREADS.includes(channel.type)) return undefined;
  const told = 'parent_id' in channel ? channel.parent_id : undefined;
  return told ?? known(channel.id);
}

/** Complete but for the message, which stands only when the interaction is answered. */
export function addressOf(interaction: APIInteraction): DiscordAddress {
  return {
    application: interaction.application_id,
    token: interaction.token,
    issued: Date.now(),
    channel: channelOf(interaction),
    server: interaction.guild_id ?? null,
    message: null,
    person: personOf(interaction).id,
    private: false,
    limit: interaction.attachment_size_limit,
  };
}

/** Whether the bot is where it is used; else a member has brought it along for themselves. */
export function isMember({
  authorizing_integration_owners: owners,
  guild_id: server,
}: APIInteraction): boolean {
  return server === undefined || owners['0'] !== undefined;
}

/** What the bot lacks to answer with a picture where it is a member: by Discord's names. */
export function missingPermissions(interaction: APIInteraction): readonly string[] {
  const { app_permissions: granted, guild_id: server, channel } = interaction;
  // Brought along, it answers by the interaction alone.
  if (server === undefined || !isMember(interaction)) return [];
  const inThread = THREADS.includes(channel?.type);
  const needed: readonly (readonly [string, bigint])[] = [
    ['View Channel', PermissionFlagsBits.ViewChannel],
    inThread
      ? ['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads]
      : ['Send Messages', PermissionFlagsBits.SendMessages],
    ['Attach Files', PermissionFlagsBits.AttachFiles],
  ];
  return needed.filter(([, permission]) => !allows(granted, permission)).map(([name]) => name);
}

function channelOf({ channel }: APIInteraction): string {
  if (!channel) throw new Error('an interaction has no channel');
  return channel.id;
}

function allows(granted: string, permission: bigint): boolean {
  return new PermissionsBitField(BigInt(granted)).has(permission);
}

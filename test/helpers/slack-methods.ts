/** The Web API's methods that the bot may call: what each takes, needs and does. */
import { faultsOfBlocks, faultsOfModal } from './slack-rules.ts';
import { BOT, TEAM, typeOf } from './slack-workspace.ts';
import type { Json, SlackChannel, SlackFile, Workspace } from './slack-workspace.ts';

/** `{ok: false, error}` */
export class Refusal extends Error {}

export interface MethodContext {
  readonly workspace: Workspace;
  readonly base: string;
  /** Ids that a form may be opened with, once, by whom. */
  readonly triggers: Map<string, string>;
  /** Files cannot be shown in messages. */
  readonly refuseShownFiles: boolean;
}

export interface Method {
  /** A scope of the bot's token; none for what every token may do. */
  readonly scope?: string;
  readonly args: readonly string[];
  /** Something that people see comes of it. */
  readonly writes?: boolean;
  run(args: Json, context: MethodContext): Json;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function channelOf(workspace: Workspace, id: unknown): SlackChannel {
  const channel = workspace.channels.get(text(id));
  if (!channel || (channel.private && !channel.member)) throw new Refusal('channel_not_found');
  if (channel.archived) throw new Refusal('is_archived');
  if (!channel.member) throw new Refusal('not_in_channel');
  return channel;
}

function checkedBlocks({ workspace, refuseShownFiles }: MethodContext, blocks: unknown): Json[] {
  if (blocks === undefined) return [];
  const faults = faultsOfBlocks(blocks);
  if (faults !== null) {
    workspace.violations.push(faults);
    throw new Refusal('invalid_blocks');
  }
  for (const { slack_file: shown } of blocks as { slack_file?: { id: string } }[]) {
    if (!shown) continue;
    const file = workspace.files.get(shown.id);
    if (!file?.complete) workspace.violations.push(`there is no file ${shown.id}`);
    if (!file || file.looks > 0 || refuseShownFiles) throw new Refusal('invalid_blocks');
  }
  return blocks as Json[];
}

function threadOf(workspace: Workspace, channel: string, ts: unknown): string | null {
  return ts === undefined ? null : workspace.threadAt(channel, text(ts));
}

export function fileJson(file: SlackFile, base: string): Json {
  const known = file.looks === 0;
  const url = `${base}/files-pri/${TEAM}-${file.id}/${file.name}`;
  return {
    id: file.id,
    created: file.created,
    name: file.name,
    title: file.title,
    mimetype: known ? typeOf(file.bytes) : '',
    filetype: known ? typeOf(file.bytes).replace(/.*\//, '') : '',
    size: file.bytes.length,
    user: file.user,
    url_private: url,
    url_private_download: url.replace('/files-pri/', '/files-pri/download/'),
  };
}

const said = ['channel', 'text', 'blocks', 'thread_ts', 'unfurl_links'];

export const METHODS: Readonly<Record<string, Method>> = {
  'auth.test': {
    args: [],
    run: () => ({
      team_id: TEAM,
      team: 'dreamers',
      user_id: BOT.user,
      user: BOT.name,
      bot_id: BOT.bot,
    }),
  },
  'users.info': {
    scope: 'users:read',
    args: ['user'],
    run({ user: id }, { workspace }) {
      const found = [...workspace.users.values()].find((each) => each.id === id);
      if (!found) throw new Refusal('user_not_found');
      const { name, admin } = found;
      const profile = { display_name: name, real_name: `${name} Person` };
      return { user: { id, name, is_admin: admin, is_owner: false, profile } };
    },
  },
  'conversations.join': {
    scope: 'channels:join',
    args: ['channel'],
    run({ channel: id }, { workspace }) {
      const channel = workspace.channels.get(text(id));
      if (!channel || (channel.private && !channel.member)) throw new Refusal('channel_not_found');
      if (channel.private) throw new Refusal('method_not_supported_for_channel_type');
      if (channel.archived) throw new Refusal('is_archived');
      channel.member = true;
      return { channel: { id } };
    },
  },
  'conversations.open': {
    scope: 'im:write',
    args: ['users'],
    run: ({ users }, { workspace }) => ({
      channel: { id: directOf(workspace.user(text(users)).name) },
    }),
  },
  'chat.postMessage': {
    scope: 'chat:write',
    writes: true,
    args: said,
    run(args, context) {
      const { workspace } = context;
      const { id } = channelOf(workspace, args['channel']);
      const thread = threadOf(workspace, id, args['thread_ts']);
      const blocks = checkedBlocks(context, args['blocks']);
      const words = text(args['text']);
      const { ts } = workspace.say({ channel: id, user: BOT.user, text: words, blocks, thread });
      const inThread = thread === null ? {} : { thread_ts: thread };
      const message = { type: 'message', text: words, user: BOT.user, ts, ...inThread };
      return { channel: id, ts, message };
    },
  },
  'chat.postEphemeral': {
    scope: 'chat:write',
    writes: true,
    args: [...said, 'user'],
    run(args, context) {
      const { workspace } = context;
      const { id } = channelOf(workspace, args['channel']);
      const within = args['thread_ts'];
      if (within !== undefined && !workspace.isActive(text(within))) {
        workspace.violations.push('nobody sees what is whispered in a thread without replies');
      }
      const { ts } = workspace.say({
        channel: id,
        user: BOT.user,
        only: text(args['user']),
        text: text(args['text']),
        blocks: checkedBlocks(context, args['blocks']),
        thread: threadOf(workspace, id, within),
      });
      return { message_ts: ts };
    },
  },
  'chat.update': {
    scope: 'chat:write',
    writes: true,
    args: ['channel', 'ts', 'text', 'blocks'],
    run(args, context) {
      const { workspace } = context;
      const { id } = channelOf(workspace, args['channel']);
      const message = workspace.message(id, text(args['ts']));
      if (!message || message.only !== null) throw new Refusal('message_not_found');
      if (message.user !== BOT.user) throw new Refusal('cant_update_message');
      message.blocks = checkedBlocks(context, args['blocks']);
      message.text = text(args['text']);
      message.edits += 1;
      workspace.touch();
      return { channel: id, ts: message.ts, text: message.text };
    },
  },
  'files.getUploadURLExternal': {
    scope: 'files:write',
    args: ['filename', 'length', 'alt_text'],
    run({ filename, length, alt_text: alt }, { workspace, base }) {
      if (!(Number(length) > 0)) throw new Refusal('invalid_arguments');
      if (text(alt).length > 1000) workspace.violations.push('alt text of more than 1000');
      const file = workspace.addFile({
        name: text(filename),
        user: BOT.user,
        bytes: new Uint8Array(),
        alt: alt === undefined ? null : text(alt),
        complete: false,
        looks: workspace.slowness,
      });
      return { upload_url: `${base}/upload/v1/${file.id}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    scope: 'files:write',
    writes: true,
    args: ['files', 'channel_id', 'thread_ts', 'initial_comment'],
    run(args, { workspace, base }) {
      const files = (args['files'] as { id: string; title?: string }[]).map(({ id, title }) => {
        const file = workspace.files.get(id);
        if (!file || file.complete || file.bytes.length === 0) throw new Refusal('file_not_found');
        return { file, title };
      });
      const { id: channel } = channelOf(workspace, args['channel_id']);
      const thread = threadOf(workspace, channel, args['thread_ts']);
      for (const { file, title } of files) {
        file.complete = true;
        file.title = title ?? file.name;
      }
      const ids = files.map(({ file }) => file.id);
      const words = text(args['initial_comment']);
      workspace.say({ channel, user: BOT.user, text: words, thread, files: ids });
      return { files: files.map(({ file }) => fileJson(file, base)) };
    },
  },
  'files.info': {
    scope: 'files:read',
    args: ['file'],
    run({ file: id }, { workspace, base }) {
      const file = workspace.files.get(text(id));
      if (!file?.complete) throw new Refusal('file_not_found');
      const answer = { file: fileJson(file, base) };
      file.looks = Math.max(0, file.looks - 1);
      return answer;
    },
  },
  'files.list': {
    scope: 'files:read',
    args: ['user', 'count', 'page', 'ts_from'],
    run({ user, count, page, ts_from: from }, { workspace, base }) {
      const all = [...workspace.files.values()]
        .filter((file) => file.complete && file.user === user)
        .filter((file) => file.created >= Number(from ?? 0))
        .reverse();
      const first = (Number(page) - 1) * Number(count);
      const files = all.slice(first, first + Number(count)).map((file) => fileJson(file, base));
      const pages = Math.ceil(all.length / Number(count));
      return { files, paging: { count, total: all.length, page, pages } };
    },
  },
  'views.open': {
    args: ['trigger_id', 'view'],
    run({ trigger_id: trigger, view }, { workspace, triggers }) {
      const user = triggers.get(text(trigger));
      if (user === undefined) throw new Refusal('exchanged_trigger_id');
      triggers.delete(text(trigger));
      const faults = faultsOfModal(view);
      if (faults !== null) {
        workspace.violations.push(faults);
        throw new Refusal('invalid_arguments');
      }
      const id = `V${String(workspace.number()).padStart(8, '0')}`;
      workspace.views.push({ id, user, view: view as Json });
      workspace.touch();
      return { view: { id, ...(view as Json) } };
    },
  },
};

export function directOf(name: string): string {
  return `D0${name.toUpperCase()}0000`;
}

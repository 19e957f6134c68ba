/** What people do in the stand-in's workspace, as Slack tells the app of it. */
import { eventPayload } from './slack-lines.ts';
import type { Line } from './slack-lines.ts';
import { directOf, fileJson } from './slack-methods.ts';
import { faultsOfSuggestions } from './slack-rules.ts';
import type { SlackServer } from './slack-server.ts';
import { BOT, TEAM } from './slack-workspace.ts';
import type { Json, SlackFile, SlackMessage, SlackView } from './slack-workspace.ts';

export const GENERAL = 'C0GENERAL';
const team = { id: TEAM, domain: 'dreamers' };

export interface Picture {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SaidOptions {
  readonly files?: readonly Picture[];
  readonly channel?: string;
  readonly thread?: string;
  /** The event tells of the files by their ids alone, as from another workspace. */
  readonly checkFileInfo?: boolean;
  /** The id of another app that says it in the person's name. */
  readonly app?: string;
}

/** By option: text as it is typed or chosen, true for a box that is ticked, or a file. */
export type Answers = Readonly<Record<string, string | boolean | Picture>>;

export class SlackPeople {
  readonly #server: SlackServer;
  /** How the app hears of it. */
  line: Line;

  constructor(server: SlackServer, line: Line = server.socket.send) {
    this.#server = server;
    this.line = line;
  }

  /** @param text '/dream layer:mixed5' */
  async slash(who: string, text: string, channel = GENERAL): Promise<void> {
    const { id, name } = this.#user(who);
    const [command = '', ...rest] = text.split(' ');
    await this.line('slash_commands', {
      token: 'verification',
      team_id: TEAM,
      team_domain: 'dreamers',
      channel_id: channel,
      channel_name: 'general',
      user_id: id,
      user_name: name,
      command,
      text: rest.join(' '),
      api_app_id: BOT.app,
      is_enterprise_install: 'false',
      response_url: this.#server.responseUrl(id, channel),
      trigger_id: this.#trigger(id),
    });
  }

  /** Says something in a channel; the app does not hear of it. */
  say(who: string, text: string, options: SaidOptions = {}): SlackMessage {
    const { files = [], channel = GENERAL, thread = null } = options;
    const { id } = this.#user(who);
    const added = files.map((file) => this.#file(id, file).id);
    return this.#server.workspace.say({ channel, user: id, text, thread, files: added });
  }

  /** @param text behind the mention. */
  async mention(who: string, text: string, options: SaidOptions = {}): Promise<SlackMessage> {
    const said = this.say(who, `<@${BOT.user}> ${text}`, options);
    await this.tell('app_mention', said, options);
    return said;
  }

  async direct(who: string, text: string, options: SaidOptions = {}): Promise<SlackMessage> {
    const channel = directOf(this.#user(who).name);
    const said = this.say(who, text, { ...options, channel });
    await this.tell('message', said, options);
    return said;
  }

  async tell(type: string, said: SlackMessage, options: SaidOptions = {}): Promise<void> {
    const files = said.files.map((id) => this.#json(id));
    const told = options.checkFileInfo
      ? files.map(({ id }) => ({ id, file_access: 'check_file_info' }))
      : files;
    const event = {
      type,
      user: said.user,
      text: said.text,
      ts: said.ts,
      event_ts: said.ts,
      channel: said.channel,
      ...(type === 'message' ? { channel_type: 'im' } : {}),
      ...(options.app === undefined ? {} : { bot_id: options.app }),
      ...(said.thread === null ? {} : { thread_ts: said.thread }),
      ...(files.length === 0 ? {} : { files: told }),
      ...(files.length > 0 && type === 'message' ? { subtype: 'file_share' } : {}),
    };
    await this.line('events_api', eventPayload(event, this.#server.workspace.number()));
  }

  /** The menu of a message. */
  async shortcut(who: string, callback: string, message: SlackMessage): Promise<void> {
    const { id, name } = this.#user(who);
    const { channel, ts, thread, text, user, files } = message;
    await this.line('interactive', {
      type: 'message_action',
      token: 'verification',
      callback_id: callback,
      trigger_id: this.#trigger(id),
      action_ts: ts,
      message_ts: ts,
      response_url: this.#server.responseUrl(id, channel),
      team,
      user: { id, name, team_id: TEAM },
      channel: { id: channel, name: 'general' },
      is_enterprise_install: false,
      message: {
        type: 'message',
        user,
        ts,
        text,
        ...(thread === null ? {} : { thread_ts: thread }),
        ...(files.length === 0 ? {} : { files: files.map((file) => this.#json(file)) }),
      },
    });
  }

  /** Presses a button, or chooses from a menu. */
  async press(who: string, message: SlackMessage, action: string, choice?: string): Promise<void> {
    const { id, name } = this.#user(who);
    const element = elementsOf(message).find((each) => actionIn(each) === action);
    if (!element) throw new Error(`the message has nothing to press for ${action}`);
    const { channel, ts, thread, only } = message;
    const ephemeral = only !== null;
    const chosen = (element['options'] as Json[] | undefined)?.find(
      ({ value }) => value === choice,
    );
    const pressed = choice === undefined ? { text: element['text'] } : { selected_option: chosen };
    await this.line('interactive', {
      type: 'block_actions',
      token: 'verification',
      api_app_id: BOT.app,
      trigger_id: this.#trigger(id),
      response_url: this.#server.responseUrl(id, channel),
      team,
      user: { id, username: name, name, team_id: TEAM },
      channel: { id: channel, name: 'general' },
      container: {
        type: 'message',
        message_ts: ts,
        channel_id: channel,
        is_ephemeral: ephemeral,
        ...(thread === null ? {} : { thread_ts: thread }),
      },
      ...(ephemeral ? {} : { message: { type: 'message', ts, text: message.text } }),
      state: { values: {} },
      is_enterprise_install: false,
      actions: [
        {
          type: element['type'],
          action_id: element['action_id'],
          block_id: blockOf(message, element),
          action_ts: ts,
          ...pressed,
        },
      ],
    });
  }

  /** @returns by field, what is wrong with it; null where the form was taken. */
  async submit(who: string, opened: SlackView, answers: Answers): Promise<Json | null> {
    const { id, name } = this.#user(who);
    const ack = (await this.line('interactive', {
      type: 'view_submission',
      token: 'verification',
      api_app_id: BOT.app,
      trigger_id: this.#trigger(id),
      team,
      user: { id, username: name, name, team_id: TEAM },
      view: this.#filled(opened, answers),
      response_urls: [],
      is_enterprise_install: false,
    })) as { response_action?: string; errors?: Json } | undefined;
    const { response_action: action, errors } = ack ?? {};
    const fields = blocksOf(opened).map((block) => block['block_id']);
    for (const field of Object.keys(errors ?? {})) {
      if (!fields.includes(field)) {
        this.#server.workspace.violations.push(`the form has no field ${field}`);
      }
    }
    return action === 'errors' ? (errors ?? {}) : null;
  }

  /** Types into a menu of a form. */
  async suggest(who: string, opened: SlackView, field: string, typed: string): Promise<string[]> {
    const { id, name } = this.#user(who);
    const answer = await this.line('interactive', {
      type: 'block_suggestion',
      token: 'verification',
      api_app_id: BOT.app,
      action_id: 'value',
      block_id: field,
      value: typed,
      team,
      user: { id, name, team_id: TEAM },
      container: { type: 'view', view_id: opened.id },
      view: this.#filled(opened, {}),
    });
    const faults = faultsOfSuggestions(answer);
    if (faults !== null) this.#server.workspace.violations.push(faults);
    return (answer as { options: { value: string }[] }).options.map(({ value }) => value);
  }

  /** The form that opened for them last. */
  async form(who: string): Promise<SlackView> {
    const { id } = this.#user(who);
    const { views } = this.#server.workspace;
    return this.#server.workspace.until(() => views.filter(({ user }) => user === id).at(-1));
  }

  #filled({ id, user, view }: SlackView, answers: Answers): Json {
    const values = blocksOf({ view }).map((block) => {
      const name = String(block['block_id']);
      const element = block['element'] as Json;
      const answer = answers[name] ?? prefilled(element);
      return [name, { value: this.#answer(user, element, answer) }] as const;
    });
    return {
      ...view,
      id,
      team_id: TEAM,
      app_id: BOT.app,
      bot_id: BOT.bot,
      hash: '1.abc',
      state: { values: Object.fromEntries(values) },
      root_view_id: id,
      previous_view_id: null,
    };
  }

  #answer(user: string, element: Json, answer: Answers[string] | undefined): Json {
    const type = String(element['type']);
    const option = (value: unknown): Json => ({
      text: { type: 'plain_text', text: value },
      value,
    });
    if (type.endsWith('_select')) {
      return { type, selected_option: answer === undefined ? null : option(answer) };
    }
    if (type === 'checkboxes') return { type, selected_options: answer ? [option('yes')] : [] };
    if (type !== 'file_input') return { type, value: answer ?? null };
    const files = typeof answer === 'object' ? [this.#file(user, answer)] : [];
    return { type, files: files.map((file) => fileJson(file, this.#server.base)) };
  }

  #file(user: string, { name, bytes }: Picture): SlackFile {
    return this.#server.workspace.addFile({ name, bytes, user });
  }

  #json(id: string): Json {
    return fileJson(this.#server.workspace.files.get(id)!, this.#server.base);
  }

  #user(who: string): { id: string; name: string } {
    return this.#server.workspace.user(who);
  }

  #trigger(user: string): string {
    const id = `trigger-${this.#server.workspace.number()}`;
    this.#server.triggers.set(id, user);
    return id;
  }
}

function blocksOf({ view }: Pick<SlackView, 'view'>): Json[] {
  return view['blocks'] as Json[];
}

function prefilled(element: Json): string | boolean | undefined {
  if (element['initial_options'] !== undefined) return true;
  const option = element['initial_option'] as { value: string } | undefined;
  return option?.value ?? (element['initial_value'] as string | undefined);
}

/** Buttons and menus. */
export function elementsOf({ blocks }: Pick<SlackMessage, 'blocks'>): Json[] {
  return blocks
    .filter(({ type }) => type === 'actions')
    .flatMap((block) => block['elements'] as Json[]);
}

/** Slack gives a name to a block that has none. */
function blockOf({ blocks }: Pick<SlackMessage, 'blocks'>, element: Json): unknown {
  const block = blocks.find((each) => (each['elements'] as Json[] | undefined)?.includes(element));
  return block?.['block_id'] ?? 'b1';
}

export function actionIn(element: Json): string {
  return String(element['action_id']).replace(/^[^:]*:/, '');
}

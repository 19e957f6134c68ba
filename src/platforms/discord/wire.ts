/** The requests that the bot makes: by the token of an interaction, or as the bot itself. */
import { InteractionResponseType, MessageFlags, Routes } from 'discord.js';
import type {
  APIChannel,
  APIInteraction,
  APIMessage,
  REST,
  RESTPostAPIInteractionCallbackWithResponseResult,
  RequestData,
  RouteLike,
} from 'discord.js';
import pRetry from 'p-retry';
import type { DiscordAddress } from './address.ts';
import { isConnectionLost, withoutSecrets } from './failure.ts';
import type { DiscordMessage } from './message.ts';

export interface WireOptions {
  /** Milliseconds before what a broken connection swallowed is sent again. */
  readonly retryAfter: number;
}

type Ids = Pick<APIInteraction, 'id' | 'application_id' | 'token'>;
type Method = 'get' | 'post' | 'patch' | 'put';

const RETRIES = 2;

/** @throws DiscordFailure for what Discord refuses */
export class Wire {
  readonly #rest: REST;
  readonly #options: WireOptions;

  constructor(rest: REST, options: WireOptions) {
    this.#rest = rest;
    this.#options = options;
  }

  /** Begins an answer that is edited later: "the bot is thinking" until then. */
  async defer(ids: Ids, ephemeral: boolean): Promise<APIMessage | undefined> {
    const type = InteractionResponseType.DeferredChannelMessageWithSource;
    const query = new URLSearchParams({ with_response: 'true' });
    const data = ephemeral ? { flags: MessageFlags.Ephemeral } : {};
    const { resource } = (await this.#callback(ids, {
      body: { type, data },
      query,
    })) as RESTPostAPIInteractionCallbackWithResponseResult;
    return resource?.message;
  }

  async answer(ids: Ids, { body, files }: DiscordMessage, ephemeral: boolean): Promise<void> {
    const type = InteractionResponseType.ChannelMessageWithSource;
    const flags = body.flags | (ephemeral ? MessageFlags.Ephemeral : 0);
    await this.#callback(ids, { body: { type, data: { ...body, flags } }, files });
  }

  /** A press that changes nothing where it was made. */
  async dismiss(ids: Ids): Promise<void> {
    const type = InteractionResponseType.DeferredMessageUpdate;
    await this.#callback(ids, { body: { type } });
  }

  async suggest(ids: Ids, texts: readonly string[]): Promise<void> {
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    const choices = texts.map((text) => ({ name: text, value: text }));
    await this.#callback(ids, { body: { type, data: { choices } } });
  }

  /** After `defer` or `answer`. */
  async followUp(ids: Ids, { body, files }: DiscordMessage, ephemeral: boolean): Promise<void> {
    const flags = body.flags | (ephemeral ? MessageFlags.Ephemeral : 0);
    const route = Routes.webhook(ids.application_id, ids.token);
    await this.#send('post', route, { body: { ...body, flags }, files, auth: false });
  }

  /** The message that answered an interaction. */
  async editAnswer(address: DiscordAddress, message: DiscordMessage): Promise<APIMessage> {
    const route = Routes.webhookMessage(address.application, address.token);
    return (await this.#send('patch', route, { ...message, auth: false })) as APIMessage;
  }

  async edit(channel: string, id: string, message: DiscordMessage): Promise<void> {
    await this.#send('patch', Routes.channelMessage(channel, id), { ...message });
  }

  /**
   * A new message; a second one with the same `nonce` within some minutes is not sent.
   * @param replyTo a message, which may be gone.
   */
  async post(
    channel: string,
    { body, files }: DiscordMessage,
    { nonce, replyTo }: { readonly nonce: string; readonly replyTo?: string | null },
  ): Promise<APIMessage> {
    const reference = replyTo
      ? { message_reference: { message_id: replyTo, fail_if_not_exists: false } }
      : {};
    return (await this.#send('post', Routes.channelMessages(channel), {
      body: { ...body, ...reference, nonce, enforce_nonce: true },
      files,
    })) as APIMessage;
  }

  async message(channel: string, id: string): Promise<APIMessage> {
    return (await this.#send('get', Routes.channelMessage(channel, id))) as APIMessage;
  }

  /** The newest, as many as Discord gives at once. */
  async recentMessages(channel: string): Promise<APIMessage[]> {
    const query = new URLSearchParams({ limit: '100' });
    return (await this.#send('get', Routes.channelMessages(channel), { query })) as APIMessage[];
  }

  /** The conversation of two with a person. */
  async directChannel(person: string): Promise<string> {
    const body = { recipient_id: person };
    return ((await this.#send('post', Routes.userChannels(), { body })) as APIChannel).id;
  }

  async giveRole(server: string, person: string, role: string): Promise<void> {
    await this.#send('put', Routes.guildMemberRole(server, person, role));
  }

  #callback(ids: Ids, data: RequestData): Promise<unknown> {
    return this.#send('post', Routes.interactionCallback(ids.id, ids.token), {
      ...data,
      auth: false,
    });
  }

  /**
   * Every request may be repeated: edits say the same twice, posts have a nonce, callbacks an id.
   * Discord takes no nonce of a follow-up: where its success got lost, it is there twice, which
   * is better than not at all.
   */
  async #send(method: Method, route: RouteLike, data: RequestData = {}): Promise<unknown> {
    try {
      return await pRetry(() => this.#rest[method](route, data), {
        retries: RETRIES,
        minTimeout: this.#options.retryAfter,
        shouldRetry: ({ error }) => isConnectionLost(error),
      });
    } catch (error) {
      throw withoutSecrets(error);
    }
  }
}

/** What Discord refuses, in words that a log may hold: no tokens, no bodies. */
import { DiscordAPIError, HTTPError, RESTJSONErrorCodes as Code } from 'discord.js';
import { DreamError } from '../../kit/errors.ts';

export class DiscordFailure extends Error {
  override readonly name = 'DiscordFailure';

  constructor(
    message: string,
    readonly status: number,
    /** Discord's own number; undefined where its answer had none. */
    readonly code?: number,
  ) {
    super(message);
  }
}

/** discord.js's errors carry the whole request: its address with the token, and its files. */
export function withoutSecrets(error: unknown): unknown {
  if (error instanceof DiscordAPIError) {
    const code = typeof error.code === 'number' ? error.code : undefined;
    return new DiscordFailure(error.message, error.status, code);
  }
  if (error instanceof HTTPError) return new DiscordFailure(error.message, error.status);
  return error;
}

/** The message cannot be reached by its interaction (any more). */
export const isGone = hasCode(
  Code.InvalidWebhookToken,
  Code.UnknownInteraction,
  Code.UnknownWebhook,
  Code.UnknownMessage,
);

/** Discord waits no longer. */
export const isTooLate = hasCode(Code.UnknownInteraction);

/** By an earlier event of the same id, or an attempt whose success got lost. */
export const isAnsweredAlready = hasCode(Code.InteractionHasAlreadyBeenAcknowledged);

/** The bot cannot speak there, or not say this, now or later. */
export const isShutOut = hasCode(
  Code.UnknownChannel,
  Code.MissingAccess,
  Code.MissingPermissions,
  Code.CannotSendMessagesToThisUser,
  Code.CannotSendMessagesToThisUserDueToHavingNoMutualGuilds,
  Code.CannotSendMessagesInNonTextChannel,
  Code.ThreadLocked,
  // Of a closed thread, also where it is the answer to an interaction that is to be edited.
  Code.InvalidActionOnArchivedThread,
  Code.MessageWasBlockedByAutomaticModeration,
  Code.MessageBlockedByHarmfulLinksFilter,
  Code.ExplicitContentCannotBeSentToTheDesiredRecipient,
  Code.AccessToFileUploadsHasBeenLimitedForThisGuild,
  Code.UnknownUser,
);

export const isReplyForbidden = hasCode(Code.CannotReplyWithoutPermissionToReadMessageHistory);

export function isTooLarge(error: unknown): boolean {
  if (!(error instanceof DiscordFailure)) return false;
  if (error.status === 413) return true;
  return (
    error.code === Code.RequestEntityTooLarge || error.code === Code.FileUploadedExceedsMaximumSize
  );
}

/** The connection broke, or was not made; discord.js itself repeats timeouts and 5xx. */
export function isConnectionLost(error: unknown): boolean {
  return /^(UND_ERR_|EAI_|E[A-Z]{4,}$)/.test(systemCode(error));
}

/** What the system or the HTTP client calls it, such as ECONNREFUSED; else empty. */
function systemCode(error: unknown): string {
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (cause instanceof Error) return systemCode(cause);
  return typeof code === 'string' ? code : '';
}

function hasCode(...codes: readonly number[]): (error: unknown) => error is DiscordFailure {
  return (error): error is DiscordFailure =>
    error instanceof DiscordFailure && error.code !== undefined && codes.includes(error.code);
}

/** For whoever starts a program while Discord cannot be reached. */
export function unreachable(error: unknown): DreamError {
  const message = `Discord cannot be reached (${systemCode(error)})`;
  return new DreamError('login-failed', message, 'Is this machine connected?', { cause: error });
}

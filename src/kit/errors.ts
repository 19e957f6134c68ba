/** Every way in which a dream can fail that a person can do something about. */
export type DreamErrorCode =
  | 'bad-option'
  | 'bad-picture'
  | 'picture-too-large'
  | 'picture-too-small'
  | 'file-not-found'
  | 'damaged-file'
  | 'cannot-write'
  | 'unknown-model'
  | 'bad-model'
  | 'unsupported-op'
  | 'unknown-layer'
  | 'bad-channel'
  | 'unknown-class'
  | 'engine-unavailable'
  | 'engine-failed'
  | 'cancelled'
  | 'unknown-command'
  | 'not-allowed'
  | 'unknown-order'
  | 'queue-full'
  | 'too-many-orders'
  | 'fetch-failed'
  | 'picture-refused'
  | 'too-much-work'
  | 'render-crashed'
  | 'login-failed'
  | 'unknown-contest'
  | 'unknown-entry'
  | 'wrong-phase'
  | 'internal';

/**
 * A failure with words for the person who asked: what was expected and what was found
 * (`message`), and what to do about it (`hint`). Anything else that is thrown is a defect.
 */
export class DreamError extends Error {
  override readonly name = 'DreamError';

  constructor(
    readonly code: DreamErrorCode,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

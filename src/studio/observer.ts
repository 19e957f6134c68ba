import type { DreamErrorCode } from '../kit/errors.ts';

/** Whoever counts what the studio does. */
export interface Observer {
  queued(): void;
  /** Seconds that an order waited in the queue. */
  waited(seconds: number): void;
  rendered(seconds: number): void;
  failed(code: DreamErrorCode): void;
}

export const noObserver: Observer = {
  queued: () => undefined,
  waited: () => undefined,
  rendered: () => undefined,
  failed: () => undefined,
};

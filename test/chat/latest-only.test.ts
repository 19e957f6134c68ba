import { describe, expect, it } from 'vitest';
import { LatestOnly } from '../../src/chat/latest-only.ts';

/** A send that waits until it is let go. */
function gate() {
  const sent: string[] = [];
  const waiting: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  const send = (message: string): Promise<void> =>
    new Promise((resolve) => {
      sent.push(message);
      waiting.push(resolve);
      arrivals.shift()?.();
    });
  const next = (): Promise<void> => new Promise((resolve) => arrivals.push(resolve));
  return { sent, send, next, release: () => waiting.shift()?.() };
}

describe('the newest of many messages', () => {
  it('drops what is outdated', async () => {
    const { sent, send, next, release } = gate();
    const messages = new LatestOnly(0, send, () => undefined);
    messages.push('a');
    messages.push('b');
    messages.push('c');
    const second = next();
    release();
    await second;
    release();
    await messages.end();
    expect(sent).toEqual(['a', 'c']);
  });

  it('ends at once, after what is on its way', async () => {
    const { sent, send, release } = gate();
    const messages = new LatestOnly(3_600_000, send, () => undefined);
    messages.push('a');
    messages.push('b');
    const end = messages.end();
    release();
    await end;
    messages.push('c');
    expect(sent).toEqual(['a']);
  });

  it('goes on after a failure', async () => {
    const errors: unknown[] = [];
    const sent: string[] = [];
    let arrived = (): void => undefined;
    const second = new Promise<void>((resolve) => (arrived = resolve));
    const messages = new LatestOnly<string>(
      0,
      (message) => {
        sent.push(message);
        if (message === 'a') return Promise.reject(new Error('lost'));
        arrived();
        return Promise.resolve();
      },
      (error) => errors.push(error),
    );
    messages.push('a');
    await Promise.resolve();
    messages.push('b');
    await second;
    await messages.end();
    expect(sent).toEqual(['a', 'b']);
    expect(errors).toHaveLength(1);
  });
});

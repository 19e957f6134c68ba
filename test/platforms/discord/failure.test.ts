/** What is taken for a broken connection: it is tried again, and told in words. */
import { describe, expect, it } from 'vitest';
import { isConnectionLost, unreachable } from '../../../src/platforms/discord/failure.ts';

/** As Node's fetch tells it. */
function failed(code: string): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
}

describe('a connection', () => {
  it.each(['ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'UND_ERR_SOCKET'])(
    'is lost where the system says %s',
    (code) => {
      expect(isConnectionLost(failed(code))).toBe(true);
      expect(unreachable(failed(code)).message).toBe(`Discord cannot be reached (${code})`);
    },
  );

  it('is not where something else went wrong', () => {
    expect(isConnectionLost(new Error('no'))).toBe(false);
    expect(isConnectionLost(failed('ERR_INVALID_URL'))).toBe(false);
  });
});

import { describe, expect, it } from 'vitest';
import { DreamError } from '../../src/kit/errors.ts';

describe('a DreamError', () => {
  it('carries its code, what happened and what to do', () => {
    const error = new DreamError('unknown-layer', "no layer is named 'mixd4'", 'See --layers.');
    expect(error).toMatchObject({
      name: 'DreamError',
      code: 'unknown-layer',
      message: "no layer is named 'mixd4'",
      hint: 'See --layers.',
    });
    expect(String(error)).toBe("DreamError: no layer is named 'mixd4'");
  });

  it('can be told from any other error, and is one', () => {
    const error: unknown = new DreamError('cancelled', 'the dream was cancelled');
    expect(error).toBeInstanceOf(DreamError);
    expect(error).toBeInstanceOf(Error);
    expect(new Error('the dream was cancelled')).not.toBeInstanceOf(DreamError);
  });

  it('needs no hint, and remembers what caused it', () => {
    const cause = new Error('ENOENT');
    const error = new DreamError('file-not-found', 'there is no such file', undefined, { cause });
    expect(error.hint).toBeUndefined();
    expect(error.cause).toBe(cause);
    expect(new DreamError('cancelled', 'stopped').cause).toBeUndefined();
  });
});

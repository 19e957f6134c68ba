import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirmed } from '../../src/cli/confirm.ts';

it.each([
  ['y', 'y\r', true],
  ['yes', 'Yes\r', true],
  ['another word', 'yet\r', false],
  ['nothing', '\r', false],
  ['Ctrl-C', '\x03', false],
  ['Ctrl-D', '\x04', false],
])('a question that is answered with %s', async (_, keys, expected) => {
  const input = new PassThrough();
  const asking = confirmed('Remove it?', input, new PassThrough());
  input.write(keys);
  expect(await asking).toBe(expected);
});

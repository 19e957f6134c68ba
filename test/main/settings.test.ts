import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings, settingNames } from '../../src/main/settings.ts';

describe('settings', () => {
  it('need nothing', () => {
    expect(readSettings({})).toMatchObject({ HOST: '127.0.0.1', PORT: 7070, CONCURRENCY: 1 });
  });

  it('read what is set; empty is not set', () => {
    const settings = readSettings({
      PORT: '8080',
      DISCORD_TOKEN: '',
      PICTURE_HOSTS: 'Media.example.org, 127.0.0.1:8081',
    });
    expect(settings.PORT).toBe(8080);
    expect(settings.DISCORD_TOKEN).toBeUndefined();
    expect(settings.PICTURE_HOSTS).toEqual(['media.example.org', '127.0.0.1:8081']);
  });

  it.each([
    [{ PORT: 'eighty' }, /^PORT: expected a whole number$/],
    [{ PORT: '1.5' }, /^PORT: expected a whole number$/],
    [{ PORT: '99999' }, /^PORT: expected at most 65535$/],
    [{ ENGINE: 'gpu' }, /^ENGINE: expected one of auto, onnx, tensorflow$/],
    [{ CONCURRENCY: '0' }, /^CONCURRENCY: expected at least 1$/],
    [
      { DATABASE_URL: 'mysql://me:secret@host' },
      /^DATABASE_URL: expected an address[^]*(?<!secret.*)$/,
    ],
    [{ DISCORD_API_URL: 'discord' }, /^DISCORD_API_URL: expected an address/],
    [{ PICTURE_HOSTS: 'https://a.example.org/' }, /^PICTURE_HOSTS.*expected host or host:port/],
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /neither SLACK_APP_TOKEN/],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, /not SLACK_BOT_TOKEN/],
    [{ PORT: 'x', LOG_LEVEL: 'loud' }, /PORT: [^]*LOG_LEVEL: /],
  ])('%j is refused by name', (environment, message) => {
    expect(() => readSettings(environment)).toThrow(message);
  });

  it('are all in .env.example', () => {
    const example = readFileSync('.env.example', 'utf8');
    const missing = settingNames.filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example));
    expect(missing).toEqual([]);
  });
});

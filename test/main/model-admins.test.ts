import { expect, it } from 'vitest';
import { modelAdmins } from '../../src/main/model-admins.ts';
import { readSettings } from '../../src/main/settings.ts';

const admin = { id: '1234', name: 'Ann', admin: true };
const at = (platform: string) => ({ platform, channel: 'main' });

it('models are added by those who are named, on the platform that they are named for', () => {
  const may = modelAdmins(readSettings({ MODEL_ADMINS: 'discord:1234, slack:U1' }));
  expect(may(admin, at('discord'))).toBe(true);
  expect(may(admin, at('slack'))).toBe(false);
  expect(may({ ...admin, id: '12345' }, at('discord'))).toBe(false);
  expect(may({ ...admin, id: 'U1' }, at('slack'))).toBe(true);
});

it.each([
  [{}, true],
  [{ HOST: '::1' }, true],
  [{ HOST: '0.0.0.0' }, false],
  [{ WEB_HOSTS: 'dreams.example.org' }, false],
  [{ HOST: '0.0.0.0', MODEL_ADMINS: 'web:you' }, true],
])('with %j, the local page: %j', (environment, allowed) => {
  const may = modelAdmins(readSettings(environment));
  expect(may({ ...admin, id: 'you' }, at('web'))).toBe(allowed);
});

it('a person is named with a platform', () => {
  expect(() => readSettings({ MODEL_ADMINS: '1234' })).toThrow(/^MODEL_ADMINS.*discord:1234/);
});

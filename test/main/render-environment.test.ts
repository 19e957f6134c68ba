import { expect, it } from 'vitest';
import { renderEnvironment } from '../../src/main/render-environment.ts';

it('passes on what libraries need, and no secret', () => {
  const passed = { PATH: '/bin', CUDA_VISIBLE_DEVICES: '1', NODE_OPTIONS: '--trace-warnings' };
  const kept = { DISCORD_TOKEN: 'a', NODE_AUTH_TOKEN: 'b', DATABASE_URL: 'c' };
  expect(renderEnvironment({ ...passed, ...kept })).toEqual(passed);
});

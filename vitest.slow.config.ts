import { defineConfig, mergeConfig } from 'vitest/config';
import plain from './vitest.config.ts';

/** What takes too long for every day: `npm run test:slow`. */
export default mergeConfig(
  { ...plain, test: { ...plain.test, include: [], exclude: [] } },
  defineConfig({ test: { include: ['test/slow/**/*.test.ts'], testTimeout: 3_600_000 } }),
);

import { defineConfig } from 'vitest/config';
import { common } from './vitest.config.ts';

/** What takes too long for every day: `npm run test:slow`. */
export default defineConfig({
  test: { ...common, include: ['test/slow/**/*.test.ts'], testTimeout: 3_600_000 },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    testTimeout: 60_000,
    // The gradients of tensorflow.js are registered by a module that only its ES build has.
    server: { deps: { inline: [/@tensorflow\/tfjs/] } },
  },
});

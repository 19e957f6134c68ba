import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    testTimeout: 60_000,
    // Two also on two cores: many tests wait for processes and servers, not for the processor.
    maxWorkers: 2,
    // The gradients of tensorflow.js are registered by a module that only its ES build has.
    server: { deps: { inline: [/@tensorflow\/tfjs/] } },
  },
});

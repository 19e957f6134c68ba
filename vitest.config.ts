import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // A page on a busy machine takes longer than the usual second.
    expect: { poll: { timeout: 10_000 } },
    // Two also on two cores: many tests wait for processes and servers, not for the processor.
    maxWorkers: 2,
    // The gradients of tensorflow.js are registered by a module that only its ES build has.
    server: { deps: { inline: [/@tensorflow\/tfjs/] } },
  },
});

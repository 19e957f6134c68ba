import { defineConfig } from 'vitest/config';

/** Files that put something in a module's place, or set what a whole process goes by. */
export const ALONE = [
  'test/autodiff/bad-rules.test.ts',
  'test/dream/picture.test.ts',
  'test/engines/contract.test.ts',
  'test/studio/model-folder.test.ts',
  'test/studio/store/postgres.test.ts',
];

/** What quick tests and slow ones have in common. */
export const common = {
  testTimeout: 120_000,
  hookTimeout: 60_000,
  // A page on a busy machine takes longer than the usual second.
  expect: { poll: { timeout: 10_000 } },
  // Two also on two cores: many tests wait for processes and servers, not for the processor.
  maxWorkers: 2,
  // The gradients of tensorflow.js are registered by a module that only its ES build has.
  server: { deps: { inline: [/@tensorflow\/tfjs/] } },
};

export default defineConfig({
  test: {
    ...common,
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: ['test/slow/**', ...ALONE],
          // Modules are loaded once for all files of a worker: the house has no globals to share.
          isolate: false,
        },
      },
    ],
  },
});

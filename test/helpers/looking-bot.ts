/** A bot that is killed while it looks at a model that somebody brought: `looking-bot.ts <models>`. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { addBroughtFile } from '../../src/chat/brought-file.ts';
import type { Platform } from '../../src/chat/platform.ts';

const [models, network] = process.argv.slice(2) as [string, string];

const lies = (folder: string): boolean =>
  readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('face.h5'));

setInterval(() => {
  if ([models, tmpdir()].some(lies)) process.kill(process.pid, 'SIGKILL');
}, 1);
await addBroughtFile(
  {
    name: 'face',
    asked: { file: { name: 'face.h5', reference: 'somewhere' } },
    platform: {
      fetch: () => Promise.resolve(readFileSync(network)),
    } as Partial<Platform> as Platform,
    maxBytes: 2 ** 20,
    environment: { PATH: process.env['PATH'] },
    signal: new AbortController().signal,
  },
  models,
);

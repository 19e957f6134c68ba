/** Resident memory of whole processes that dream one step at one size. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

const run = promisify(execFile);
const SIDES = [299, 512, 1024, 2048, 4096];

export async function memory(): Promise<void> {
  const script = fileURLToPath(new URL('memory-step.ts', import.meta.url));
  for (const side of SIDES) {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', script, String(side)]);
    console.log(`  ${stdout.trim()}`);
  }
}

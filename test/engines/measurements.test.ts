import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Measurements } from '../../src/engines/measurements.ts';
import { Uploads } from '../../src/platforms/web/uploads.ts';

describe.skipIf(!existsSync('/proc/self'))('a folder that takes none', () => {
  it('keeps no measurements, and nobody waits for them', async () => {
    const measurements = new Measurements('/proc/dream/data/engines.json');
    await measurements.keep({ key: '0'.repeat(64), model: '', machine: '', at: 0, timings: [] });
    expect(await measurements.all()).toEqual([]);
  });

  it('takes no uploads, and says so', async () => {
    const uploads = new Uploads('/proc/dream/uploads');
    await expect(uploads.open(new Set())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

/** The process that decodes pictures. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Intake } from '../../src/studio/intake/intake.ts';
import type { IntakeTask } from '../../src/studio/intake/task.ts';
import { temporaryFolder } from '../helpers/folder.ts';
import { noisyJpeg } from '../helpers/pictures.ts';
import { TestLog } from '../helpers/studio.ts';

const folder = temporaryFolder();
const log = new TestLog();
const intakes: Intake[] = [];

function intakeWith(memory?: number): Intake {
  const options = { environment: {}, log, idle: 60_000 };
  const intake = new Intake({ ...options, ...(memory === undefined ? {} : { memory }) });
  intakes.push(intake);
  return intake;
}

afterAll(() => Promise.all(intakes.map((intake) => intake.close())));

async function taskInto(name: string): Promise<IntakeTask> {
  const source = { bytes: await noisyJpeg(128, 96) };
  return { source, size: 64, maxPixels: 1e6, into: join(folder, name) };
}

describe('a picture', () => {
  it('is decoded elsewhere, several at a time', async () => {
    const intake = intakeWith();
    const tasks = await Promise.all(['one.png', 'two.png', 'three.png'].map(taskInto));
    for (const facts of await Promise.all(tasks.map((task) => intake.take(task)))) {
      expect(facts).toMatchObject({ rows: 48, columns: 64, originalRows: 96 });
    }
    expect(tasks.every(({ into }) => existsSync(into))).toBe(true);
  });

  it('of a stranger that is none is refused in the words for strangers', async () => {
    const task = await taskInto('none.png');
    const taken = intakeWith().take({ ...task, source: { bytes: Buffer.from('<html>') } });
    await expect(taken).rejects.toMatchObject({ name: 'DreamError', code: 'bad-picture' });
    expect(existsSync(task.into)).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')(
    'that takes its process down is tried once more and given up (only Linux tells of memory)',
    async () => {
      // So large that its process is looked at before it is done.
      const source = { bytes: await noisyJpeg(4000, 4000) };
      const task = { ...(await taskInto('poison.png')), source, size: 4000, maxPixels: 16e6 };
      const taken = intakeWith(1).take(task);
      await expect(taken).rejects.toMatchObject({
        ...{ code: 'bad-picture', message: expect.stringContaining('twice') as string },
      });
      expect(log.of('a process died of a picture').map(({ crashes }) => crashes)).toEqual([1, 2]);
    },
  );
});

import { expect, it } from 'vitest';
import { DreamError } from '../../../src/kit/errors.ts';
import { GroupCommit } from '../../../src/studio/contests/group-commit.ts';

it('tells nobody of a change that did not reach the disk', async () => {
  let failures = 1;
  const written: string[][] = [];
  const commits = new GroupCommit<string[]>(async (work) => {
    const session: string[] = [];
    await work(session);
    if (failures-- > 0) throw new Error('disk I/O error');
    written.push(session);
  });
  const change = (name: string): Promise<string> =>
    commits.change((session) => {
      session.push(name);
      return Promise.resolve(name);
    });
  const outcomes = await Promise.allSettled([change('a'), change('b')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await Promise.all([change('c'), change('d')])).toEqual(['c', 'd']);
  expect(written).toEqual([['c', 'd']]);
});

it('tells of a refusal to the one alone whom it concerns', async () => {
  const commits = new GroupCommit<object>((work) => work({}));
  const refused = commits.change(() => Promise.reject(new DreamError('not-allowed', 'no')));
  const done = commits.change(() => Promise.resolve('done'));
  await expect(refused).rejects.toThrow('no');
  expect(await done).toBe('done');
});

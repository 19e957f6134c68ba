/** A contest from its start to its results, as people go through it. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { actor, admin, contestOf, openContests } from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { onEveryDatabase } from '../../helpers/databases.ts';

onEveryDatabase('a contest', (home) => {
  let open: OpenContests;
  beforeEach(async () => {
    open = await openContests(await home());
  });
  afterEach(() => open.close());

  it('goes from its start to its results', async () => {
    const { contests } = open;
    const id = await contestOf(open, ['ada', 'bob', 'cy']);
    await contests.close(admin, id, 'submission');
    await contests.vote(actor('dan'), id, { voting: 'approval', entries: [2, 3] });
    await contests.vote(actor('eve'), id, { voting: 'approval', entries: [3] });
    await contests.vote(actor('eve'), id, { voting: 'approval', entries: [2] });
    await contests.vote(actor('ada'), id, { voting: 'approval', entries: [2] });
    await expect(contests.read.results(admin, id)).rejects.toMatchObject({ code: 'wrong-phase' });
    expect(await contests.read.status(admin, id)).toMatchObject({ voters: 3, entries: 3 });
    await contests.close(admin, id, 'voting');
    const { placed, podium, voters } = await contests.read.results(actor('eve'), id);
    expect(voters).toBe(3);
    expect(placed.map(({ rank, score, entry }) => [rank, entry.number, score])).toEqual([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 0],
    ]);
    expect(podium.map(({ entry }) => entry.by?.name)).toEqual(["bob's name", "cy's name"]);
  });
});

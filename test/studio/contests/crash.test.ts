/** A bot that is killed while a contest is running loses nothing, and does nothing twice. */
import { expect, it } from 'vitest';
import { onEveryDatabase } from '../../helpers/databases.ts';
import { runContest } from '../../helpers/killed-contest.ts';

onEveryDatabase('a contest whose bot is killed', (home) => {
  it('ends as the one whose bot is not', async () => {
    const [steps, seed] = [40, 5];
    const whole = await runContest(await home(), { steps, seed, kills: 0 });
    const killed = await runContest(await home(), { steps, seed, kills: 2 });
    expect(killed.kills).toBeGreaterThan(0);
    expect(JSON.parse(killed.end)).toEqual(JSON.parse(whole.end));
    const { voters } = JSON.parse(whole.end) as { voters: number };
    expect(voters).toBeGreaterThan(2);
    expect(whole.told).toEqual(['voting false', 'closed false']);
    const first = killed.told.filter((line) => line.endsWith('false'));
    expect(new Set(first).size).toBe(first.length);
    expect(killed.told.at(-1)).toMatch(/^closed/);
  });
});

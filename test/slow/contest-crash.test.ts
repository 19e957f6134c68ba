/** 200 deaths of a bot in one contest. */
import { expect, it } from 'vitest';
import { onEveryDatabase } from '../helpers/databases.ts';
import { runContest } from '../helpers/killed-contest.ts';

onEveryDatabase('a contest whose bot is killed 200 times', (home) => {
  it('ends as the one whose bot is not', async () => {
    const [steps, seed] = [1600, 77];
    const whole = await runContest(await home(), { steps, seed, kills: 0 });
    const killed = await runContest(await home(), { steps, seed, kills: 200 });
    // A bot may be through before it hears that it is to die.
    expect(killed.kills).toBeGreaterThan(150);
    expect(JSON.parse(killed.end)).toEqual(JSON.parse(whole.end));
    const first = killed.told.filter((line) => line.endsWith('false'));
    expect(new Set(first).size).toBe(first.length);
  });
});

/** From every way of asking to the picture in the thread. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Platform } from '../../../src/chat/platform.ts';
import { slackHarness } from '../../helpers/slack-harness.ts';
import type { SlackHarness } from '../../helpers/slack-harness.ts';
import { GENERAL } from '../../helpers/slack-people.ts';
import { TEAM } from '../../helpers/slack-workspace.ts';
import { COMMANDS, DONE, KEY, PNG, dreaming, idOf, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

let harness: SlackHarness;
let platform: Platform;
let handler: Scripted;

beforeEach(async () => {
  harness = await slackHarness(COMMANDS);
  platform = await harness.connect();
  handler = scripted(dreaming(() => platform));
  await platform.start(handler);
});

afterEach(() => harness.close());

const photo = { name: 'photo.png', bytes: PNG };

/** The answer that has its picture. */
function answered() {
  return harness.server.workspace.until(() => {
    const all = harness.messages('ann') as readonly Awaited<
      ReturnType<typeof harness.messages>
    >[number][];
    return all.find(({ picture, buttons }) => picture !== null && buttons.length > 1);
  });
}

describe('a mention with a picture', () => {
  it('is answered in its thread: progress, then the picture with its alt text and buttons', async () => {
    const said = await harness.people.mention('ann', 'dream layer:mixed5', { files: [photo] });
    const answer = await answered();
    expect(answer).toMatchObject({
      text: DONE.text,
      fields: 'Climbed mixed4 < mixed5 & `more`\nSeed 7',
      alt: 'A dog of pagodas',
      buttons: [
        { label: 'Deeper', action: `deeper:${KEY}` },
        { label: 'Again', action: `again:${KEY}` },
      ],
      private: false,
    });
    expect(answer.picture).toEqual(PNG);
    const { messages } = harness.server.workspace;
    expect(messages.slice(1).map(({ thread }) => thread)).toEqual([said.ts, said.ts]);
    expect(messages[1]).toMatchObject({ edits: 2 });
    expect(handler.events).toMatchObject([
      {
        kind: 'command',
        command: 'dream',
        values: { layer: 'mixed5', picture: { name: 'photo.png', contentType: 'image/png' } },
        person: { id: idOf(harness.server, 'ann'), name: 'ann', admin: true },
        place: { platform: 'slack', server: TEAM, channel: GENERAL },
        address: { team: TEAM, channel: GENERAL, thread: said.ts, message: null },
      },
    ]);
  });
});

/** Coming, going, and what happens to the connection between. */
import { describe, expect, it, vi } from 'vitest';
import { DreamError } from '../../../src/kit/errors.ts';
import { DONE, scripted } from './scripted.ts';
import { useBench } from './setup.ts';

const bench = useBench();

describe('the connection', () => {
  it('is not made with a bad token', async () => {
    const platform = bench().platform({ token: 'bad.token.of-another-bot' });
    const failure: unknown = await platform.start(scripted()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DreamError);
    expect(failure).toMatchObject({ message: expect.stringContaining('DISCORD_TOKEN') as string });
    expect((failure as Error).message).not.toContain('bad.token');
    expect(platform.ready()).toBe(false);
  });

  it('is resumed after a break, and what came meanwhile is not lost', async () => {
    const { platform, handler } = await bench().bot(({ responder }) =>
      responder.reply({ text: 'still here' }),
    );
    bench().server.gateway.drop(4000);
    bench().server.slash('bob', 'dream', []);
    await bench().shows(({ text }) => text === 'still here');
    expect(bench().server.gateway.sessions).toEqual(['identify', 'resume']);
    expect(handler.events).toHaveLength(1);
    await vi.waitFor(() => {
      expect(platform.ready()).toBe(true);
    });
  });

  it('that Discord ends for good is said', async () => {
    const { platform } = await bench().bot();
    bench().server.gateway.drop(4004);
    const said = await bench().world.until(() =>
      bench().logged.find(({ level }) => level === 'error'),
    );
    expect(said.text).toContain('DISCORD_TOKEN');
    expect(platform.ready()).toBe(false);
    bench().logged.length = 0;
  });

  it('ends when messages in flight are through, and takes no more', async () => {
    const { platform, address } = await bench().acknowledged();
    const delivering = platform.deliver(address, DONE, {
      key: 'abcdef123456',
      again: false,
      person: '1',
    });
    const stopped = platform.stop();
    const late = bench().server.slash('bob', 'dream', []);
    await stopped;
    expect(bench().shown()).toMatchObject([{ alt: 'A dog of pagodas' }]);
    await delivering;
    expect(late.answer).toBeUndefined();
    expect(platform.ready()).toBe(false);
  });
});

describe('pictures', () => {
  const upload = { name: 'photo.png', contentType: 'image/png', bytes: new Uint8Array(100) };

  it('come from hosts that are listed only', async () => {
    const platform = bench().platform();
    const { signal } = new AbortController();
    const { url } = bench().world.keepFile(bench().server.origin, '1', upload);
    expect(await platform.fetch({ reference: url, name: 'photo.png' }, signal)).toHaveLength(100);
    const elsewhere = 'https://example.org/photo.png';
    await expect(
      platform.fetch({ reference: elsewhere, name: 'photo.png' }, signal),
    ).rejects.toMatchObject({ code: 'fetch-failed' });
  });

  it('are asked for with the hosts of Discord, those of the settings, and the limit', async () => {
    const asked: unknown[] = [];
    const platform = bench().platform({
      pictureHosts: ['pictures.example'],
      maxPictureBytes: 77,
      download(url, { hosts, maxBytes }) {
        asked.push({ url, hosts, maxBytes });
        return Promise.resolve(new Uint8Array());
      },
    });
    await platform.fetch({ reference: 'https://x/', name: 'x' }, new AbortController().signal);
    const hosts = ['cdn.discordapp.com', 'media.discordapp.net', 'pictures.example'];
    expect(asked).toEqual([{ url: 'https://x/', hosts, maxBytes: 77 }]);
  });

  it('are not waited for once nobody wants them', async () => {
    const platform = bench().platform();
    const controller = new AbortController();
    let open!: () => void;
    bench().server.cdnDelay = new Promise((resolve) => (open = resolve));
    const { url } = bench().world.keepFile(bench().server.origin, '1', upload);
    const fetching = platform.fetch({ reference: url, name: 'photo.png' }, controller.signal);
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'fetch-failed' });
    open();
  });
});

import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createDownloader, isPublic, problemWith } from '../../src/chat/download.ts';
import type { DownloadOptions, Downloader } from '../../src/chat/download.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function downloader(trustedHosts: string[], timeoutSeconds = 5): Downloader {
  const made = createDownloader({ trustedHosts, timeoutSeconds });
  open.push(made);
  return made;
}

function options(change: Partial<DownloadOptions> = {}): DownloadOptions {
  const { signal } = new AbortController();
  return { hosts: ['cdn.example.org'], maxBytes: 1000, signal, ...change };
}

describe('downloads', () => {
  it('fetches from a host that is trusted', async () => {
    const host = await serve((_, response) => response.end('picture'));
    const bytes = await downloader([host]).download(`http://${host}/a.png`, options());
    expect(Buffer.from(bytes).toString()).toBe('picture');
  });

  it.each([
    ['http://127.0.0.1:1/a.png', 'from the chat platform itself only'],
    ['https://evil.example.org/a.png', 'from the chat platform itself only'],
    ['http://cdn.example.org/a.png', 'from the chat platform itself only'],
    ['https://cdn.example.org:8443/a.png', 'from the chat platform itself only'],
    ['https://cdn.example.org@evil.example.org/a.png', 'from the chat platform itself only'],
    ['file:///etc/passwd', 'no address that can be fetched'],
    ['a.png', 'no address that can be fetched'],
  ])('refuses %s', async (url, message) => {
    await expect(downloader([]).download(url, options())).rejects.toMatchObject({
      code: 'fetch-failed',
      message: expect.stringContaining(message) as string,
    });
  });

  it('refuses a listed name that leads to a private address', async () => {
    const hosts = ['localhost'];
    await expect(
      downloader([]).download('https://localhost/a.png', options({ hosts })),
    ).rejects.toThrow('its address is private');
    await expect(
      downloader([]).download('https://127.0.0.1/a', options({ hosts: ['127.0.0.1'] })),
    ).rejects.toThrow('its address is private');
  });

  it('checks where a redirect leads, and takes no secret there', async () => {
    const seen: (string | undefined)[] = [];
    const last = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('end');
    });
    const first = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(302, { location: `http://${last}/b.png` }).end();
    });
    const headers = { authorization: 'Bearer secret' };
    const url = `http://${first}/a.png`;
    await expect(downloader([first]).download(url, options({ headers }))).rejects.toThrow(
      'from the chat platform itself only',
    );
    const bytes = await downloader([first, last]).download(url, options({ headers }));
    expect(Buffer.from(bytes).toString()).toBe('end');
    expect(seen).toEqual(['Bearer secret', 'Bearer secret', undefined]);
  });

  it('ends a chain of redirects', async () => {
    const host = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    await expect(downloader([host]).download(`http://${host}/`, options())).rejects.toThrow(
      'redirects more than 3 times',
    );
  });

  it.each([
    ['as declared', { 'content-length': '5000' }],
    ['as it comes', { 'transfer-encoding': 'chunked' }],
  ])('ends where the file is too large, %s', async (_, headers) => {
    const host = await serve((_request, response) => {
      response.writeHead(200, headers).write(Buffer.alloc(5000));
    });
    await expect(downloader([host]).download(`http://${host}/`, options())).rejects.toMatchObject({
      code: 'picture-too-large',
    });
  });

  it('says what the host answered, without the address', async () => {
    const host = await serve((_, response) => response.writeHead(404).end());
    const failure = downloader([host]).download(`http://${host}/a?signature=secret`, options());
    await expect(failure).rejects.toThrow('status 404');
    await expect(failure).rejects.not.toThrow('secret');
  });

  it('is cancelled by its signal, and gives up on a host that says nothing', async () => {
    const controller = new AbortController();
    const host = await serve(() => {
      controller.abort();
    });
    const { signal } = controller;
    await expect(
      downloader([host]).download(`http://${host}/`, options({ signal })),
    ).rejects.toThrow('cancelled');
    const silent = await serve(() => undefined);
    await expect(
      downloader([silent], 0.2).download(`http://${silent}/`, options()),
    ).rejects.toThrow('took too long');
  });
});

it('a large file may take longer than an answer', async () => {
  const host = await serve((_, response) => {
    let sent = 0;
    const sending = setInterval(() => {
      response.write('part');
      sent += 1;
      if (sent < 30) return;
      clearInterval(sending);
      response.end();
    }, 50);
  });
  const { download } = downloader([host], 1);
  const bytes = await download(`http://${host}/`, options({ maxBytes: 100 * 2 ** 20 }));
  expect(bytes).toHaveLength(120);
});

describe('a name', () => {
  const at = (...addresses: string[]) => addresses.map((address) => ({ address, family: 4 }));

  it.each([
    [at('8.8.8.8', '1.1.1.1'), null],
    [at('8.8.8.8', '10.0.0.1'), 'its address is private'],
    [at(), 'it has no address'],
  ])('with the addresses %j', (addresses, problem) => {
    expect(problemWith(addresses)).toBe(problem);
  });
});

describe('public addresses', () => {
  it.each(['8.8.8.8', '2606:4700::1111'])('%s', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '192.168.0.1',
    '172.16.0.1',
    '169.254.169.254',
    '0.0.0.0',
    '100.64.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    'nonsense',
  ])('not %s', (address) => {
    expect(isPublic(address)).toBe(false);
  });
});

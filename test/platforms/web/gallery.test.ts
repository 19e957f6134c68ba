/** The public pages of contests: what they show, and what they never do. */
import { mkdtempSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { galleryOf } from '../../../src/chat/contests/gallery.ts';
import { silentLog } from '../../../src/kit/log.ts';
import { serveGallery } from '../../../src/platforms/web/gallery/index.ts';
import type { Order } from '../../../src/studio/order.ts';
import { openDatabase } from '../../../src/studio/store/database.ts';
import {
  actor,
  admin,
  openContests,
  order,
  orderId,
  TestStudio,
  windows,
} from '../../helpers/contests.ts';
import type { OpenContests } from '../../helpers/contests.ts';
import { temporaryFolder } from '../../helpers/folder.ts';

const root = temporaryFolder();
const SCRIPT = '<script>alert(1)</script>';

const MASKED_AND_DOUBTFUL: Partial<Order> = {
  mask: { from: 'attachment', reference: 'mask', name: 'mask.png' },
  result: { ...order('x', 'x').result!, doubtful: true },
};

let open: OpenContests;
let studio: TestStudio;
let app: FastifyInstance;

beforeEach(async () => {
  const folder = mkdtempSync(join(root, 'home-'));
  studio = new TestStudio();
  open = await openContests({ folder, open: () => openDatabase(folder, silentLog) }, { studio });
  app = Fastify();
  serveGallery(app, galleryOf(open.contests));
});

afterEach(async () => {
  await app.close();
  await open.close();
});

async function picture(background: string): Promise<Uint8Array> {
  const create = { width: 60, height: 40, channels: 3, background } as const;
  return sharp({ create }).png().toBuffer();
}

/** Of three entries the second is rejected. */
async function contest(theme: string): Promise<string> {
  const { contests } = open;
  const settings = { ...windows, moderated: true, hiddenAuthors: true };
  const { id } = await contests.create(admin, { event: theme, theme, settings });
  for (const [index, who] of ['ada', 'bob', `${SCRIPT}"'`].entries()) {
    const made = order(orderId(index + 1), who, who === 'ada' ? MASKED_AND_DOUBTFUL : {});
    const dream = studio.add(made, await picture('#aa66cc'));
    await contests.enter(actor(who, { name: `${who} & co` }), id, dream, `Title of ${who}`);
  }
  await contests.approve(admin, id, 1);
  await contests.reject(admin, id, 2, 'a reason that stays here');
  await contests.approve(admin, id, 3);
  return id;
}

async function close(id: string): Promise<void> {
  const { contests } = open;
  await contests.close(admin, id, 'submission');
  await contests.vote(actor('eve'), id, { voting: 'approval', entries: [3] });
  await contests.close(admin, id, 'voting');
}

const paths = (id: string): string[] => [
  `/gallery/${id}`,
  `/gallery/${id}.json`,
  `/gallery/${id}.csv`,
  `/gallery/${id}/sheet`,
  ...['picture', 'small', 'large', 'before'].map((what) => `/gallery/${id}/1/${what}`),
];

describe('before a contest is over', () => {
  it('there is nothing, not even that there is one', async () => {
    const id = await contest('Clouds');
    const missing = await app.inject('/gallery/zzzzzzzzzzzz');
    const check = async (): Promise<void> => {
      for (const path of paths(id)) {
        const { statusCode, body } = await app.inject(path);
        expect([path, statusCode]).toEqual([path, 404]);
        expect(body).toBe(missing.body);
      }
    };
    await check();
    await open.contests.close(admin, id, 'submission');
    await check();
    await open.contests.cancel(admin, id, 'the weather');
    await check();
  });
});

describe('a contest that is over', () => {
  let id: string;

  beforeEach(async () => {
    id = await contest(`Clouds ${SCRIPT}`);
    await close(id);
  });

  it('shows its entries from first to last, with recipes to copy', async () => {
    const { statusCode, body, headers } = await app.inject(`/gallery/${id}`);
    expect(statusCode).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(body.indexOf('Title of &lt;')).toBeLessThan(body.indexOf('Title of ada'));
    expect(body).toContain('/dream layer:mixed4 size:512 seed:');
    expect(body).toContain('ada &amp; co');
    expect(body).toContain('1 vote');
  });

  it('says what had a mask, and veils what is not for everybody', async () => {
    const { body } = await app.inject(`/gallery/${id}`);
    const [first, second] = body.split('<li class="entry').slice(1);
    expect(first).not.toMatch(/with a mask|class="veil"/);
    expect(second).toContain('with a mask');
    expect(second).toMatch(/<details class="veil">[^]*loading="lazy"[^]*<\/details>/);
    const table = (await app.inject(`/gallery/${id}.csv`)).body.split('\r\n');
    expect([table[0], table[2]]).toEqual([
      expect.stringMatching(/,mask$/),
      expect.stringMatching(/,yes$/),
    ]);
  });

  it('escapes whatever people wrote', async () => {
    const { body } = await app.inject(`/gallery/${id}`);
    expect(body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(body.match(/<script/g)).toHaveLength(1);
    expect(body).not.toMatch(/ (on\w+|style)=/);
  });

  it('keeps to itself what was rejected, and ids of orders, people and places', async () => {
    for (const path of paths(id).slice(0, 3)) {
      const { statusCode, body } = await app.inject(path);
      expect(statusCode).toBe(200);
      expect(body).not.toMatch(/bob|a reason that stays|order00|contests"|"eve"/);
    }
    for (const what of ['picture', 'small', 'large', 'before']) {
      const { statusCode } = await app.inject(`/gallery/${id}/2/${what}`);
      expect([what, statusCode]).toEqual([what, 404]);
    }
    const { results } = (await app.inject(`/gallery/${id}.json`)).json<{ results: object[] }>();
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ rank: 1, number: 3, score: 1, model: 'inception_v3' });
  });

  it('gives pictures in their sizes, to be kept by browsers', async () => {
    for (const [what, type] of [
      ['picture', 'image/png'],
      ['small', 'image/webp'],
      ['large', 'image/webp'],
      ['before', 'image/webp'],
    ] as const) {
      const { headers, rawPayload } = await app.inject(`/gallery/${id}/1/${what}`);
      expect(headers['content-type']).toBe(type);
      expect(headers['cache-control']).toMatch(/^public, max-age=\d+, immutable$/);
      expect((await sharp(rawPayload).metadata()).width).toBe(60);
    }
    const sheet = await app.inject(`/gallery/${id}/sheet`);
    expect((await sharp(sheet.rawPayload).metadata()).format).toBe('png');
  });

  it('has nothing else: other numbers, other names, other methods', async () => {
    for (const path of [
      `/gallery/${id}/4/picture`,
      `/gallery/${id}/0/picture`,
      `/gallery/${id}/1e0/picture`,
      `/gallery/${id}/1/huge`,
      `/gallery/${id}/..%2f1/picture`,
      `/gallery/${id}.html`,
      '/gallery/short',
      '/gallery/%00',
      '/gallery/',
      '/gallery',
    ]) {
      expect([path, (await app.inject(path)).statusCode]).toEqual([path, 404]);
    }
    const posted = await app.inject({ method: 'POST', url: `/gallery/${id}` });
    expect(posted.statusCode).toBe(404);
  });

  it('is read-only and safe to show to the world', async () => {
    for (const path of [...paths(id), '/gallery/none']) {
      const { headers } = await app.inject(path);
      expect(headers['set-cookie']).toBeUndefined();
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toMatch(/default-src 'none'/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
    const table = await app.inject(`/gallery/${id}.csv`);
    expect(table.headers['content-disposition']).toMatch(/^attachment/);
  });

  it('has everything that its page asks for, and an icon', async () => {
    for (const page of [`/gallery/${id}`, '/gallery/none']) {
      const { body } = await app.inject(page);
      const [icon] = /\/gallery\/assets\/[\w-]+\.svg/.exec(body) ?? [];
      expect(icon).toBeDefined();
      const { statusCode, headers } = await app.inject(icon!);
      expect([statusCode, headers['content-type']]).toEqual([200, 'image/svg+xml']);
      for (const [, asset] of body.matchAll(/(?:href|src)="([^"]*\/assets\/[^"]*)"/g)) {
        expect([asset, (await app.inject(asset!)).statusCode]).toEqual([asset, 200]);
      }
    }
  });

  it('answers under whatever name the world knows it by', async () => {
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const status = await new Promise((resolve) => {
      const headers = { host: 'dreams.example.org' };
      request({ port, headers, path: `/gallery/${id}` }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(200);
  });

  it('forgets whoever wants to be forgotten, at once', async () => {
    await app.inject(`/gallery/${id}/1/small`);
    await open.contests.forget({ platform: 'test', id: 'ada' });
    expect((await app.inject(`/gallery/${id}/1/small`)).statusCode).toBe(404);
    const { body } = await app.inject(`/gallery/${id}`);
    expect(body).not.toContain('ada &amp; co');
    expect(body).toContain('by somebody');
    expect(body).toContain('deleted for the person who made it');
    expect(body).not.toContain(`/gallery/${id}/1/`);
  });

  it('shows no picture and no title that were taken down', async () => {
    await app.inject(`/gallery/${id}/1/small`);
    const { body: before } = await app.inject(`/gallery/${id}`);
    await open.contests.reject(admin, id, 1, 'a reason that stays here');
    for (const what of ['picture', 'small', 'large', 'before']) {
      expect((await app.inject(`/gallery/${id}/1/${what}`)).statusCode).toBe(404);
    }
    for (const path of [`/gallery/${id}`, `/gallery/${id}.json`, `/gallery/${id}.csv`]) {
      expect((await app.inject(path)).body).not.toMatch(/Title of ada|a reason that stays/);
    }
    expect((await app.inject(`/gallery/${id}`)).body).toContain('took this picture down');
    await open.contests.approve(admin, id, 1);
    expect((await app.inject(`/gallery/${id}`)).body).toBe(before);
  });
});

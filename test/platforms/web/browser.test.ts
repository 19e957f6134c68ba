/** The page in a real browser, as people use it. */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outbound, OutboundPicture } from '../../../src/chat/outbound.ts';
import { HEARTBEAT } from '../../../src/platforms/web/wire.ts';
import type { Address } from '../../../src/studio/order.ts';
import { dyingLine } from '../../helpers/dying-line.ts';
import { temporaryFolder } from '../../helpers/folder.ts';
import { memoryShelf } from '../../helpers/memory-shelf.ts';
import {
  FILE_COMMAND,
  listeningChat,
  PAIR_COMMAND,
  SAMPLE_COMMANDS,
  ScriptedHandler,
} from '../../helpers/web-chat.ts';
import type { RunningChat } from '../../helpers/web-chat.ts';

const PATH = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const missing = !existsSync(PATH);
const title = missing
  ? `the page (skipped: there is no ${PATH}; CHROMIUM_PATH names another browser)`
  : 'the page';

const ORDER = 'abcdef012345';
const CLOUDS = 'examples/clouds.png';
/** In the page: how many it was told of. */
const COUNT_HEARTBEATS = `
  globalThis.heartbeats = 0;
  const { addEventListener } = EventSource.prototype;
  EventSource.prototype.addEventListener = function (type, listener) {
    addEventListener.call(this, type, (event) => {
      listener(event);
      if (type === 'heartbeat') globalThis.heartbeats += 1;
    });
  };
`;
const CANCEL = [{ action: `cancel:${ORDER}`, label: 'Cancel', style: 'danger' }] as const;

describe.skipIf(missing)(title, () => {
  const folder = temporaryFolder();
  let browser: Browser;
  let chat: RunningChat;
  let handler: ScriptedHandler;
  let shelf = memoryShelf();
  let clouds: Buffer;
  let dreamed: Buffer;
  /** What the browser complained about: scripts, policies, missing files. */
  let complaints: string[] = [];

  beforeAll(async () => {
    // Nobody but root needs it, and root cannot do without.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath: PATH, args });
    clouds = await readFile(CLOUDS);
    dreamed = await sharp(clouds).negate().png().toBuffer();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    shelf = memoryShelf();
    complaints = [];
    await start();
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await chat.close();
  });

  async function start(port = 0, commands = SAMPLE_COMMANDS): Promise<void> {
    handler = new ScriptedHandler();
    handler.completions = ['mixed4', 'mixed5'];
    const parts = {
      ...{ commands, shelf, uploadsDir: join(folder, 'uploads') },
      pictures: {
        read: (id: string) => Promise.resolve(id.endsWith('source') ? clouds : dreamed),
      },
      examples: [{ line: '/dream layer:mixed5', says: 'On the clouds' }],
      sample: { before: clouds, after: dreamed },
    };
    chat = await listeningChat(parts, port);
    await chat.platform.start(handler);
  }

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    return tabIn(await context.newPage());
  }

  async function tabIn(page: Page, url = chat.url): Promise<Page> {
    page.setDefaultTimeout(10_000);
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await page.goto(url);
    await page.getByRole('combobox', { name: 'Message' }).waitFor();
    return page;
  }

  const field = (page: Page) => page.getByRole('combobox', { name: 'Message' });
  const slider = (page: Page) => page.getByRole('log').getByRole('slider').last();

  function result(spoiler = false, beforeId: string | null = `${ORDER}/source`): Outbound {
    const picture: OutboundPicture = {
      ...{ name: 'dream', alt: 'A dream of clouds', spoiler, id: `${ORDER}/result` },
      ...(beforeId === null ? {} : { beforeId }),
      fileWithin: () => Promise.reject(new Error('a kept picture is shown from the store')),
    };
    const fields = [
      { name: 'Recipe', value: '4 octaves · seed 7' },
      { name: 'Command', value: '`/dream layer:mixed5 seed:7`' },
    ];
    const buttons = [{ action: `deeper:${ORDER}`, label: 'Deeper', style: 'main' }] as const;
    return { text: '**Dream of mixed5**', picture, fields, buttons };
  }

  function underWay(fraction: number, bytes?: Buffer): Outbound {
    const file = { bytes: bytes!, name: 'preview.png', contentType: 'image/png' } as const;
    const picture: OutboundPicture = {
      ...{ name: 'preview', alt: 'A dream under way', spoiler: false, id: null },
      fileWithin: () => Promise.resolve(file),
    };
    return {
      ...{ text: '**Dream of mixed5** · octave 2', buttons: CANCEL },
      progress: { fraction, eta: 12 },
      ...(bytes ? { picture } : {}),
    };
  }

  /** A dream is asked for, and acknowledged. */
  async function asked(page: Page, line = '/dream layer:mixed5'): Promise<Address> {
    const acknowledged = new Promise<Address>((resolve) => {
      handler.onEvent = async ({ responder }) => {
        resolve(await responder.acknowledge());
      };
    });
    await field(page).fill(line);
    await page.keyboard.press('Enter');
    return acknowledged;
  }

  const deliver = (address: Address, outbound: Outbound): Promise<void> =>
    chat.platform.deliver(address, outbound, { key: ORDER, again: false, person: 'you' });

  async function sayThirty(): Promise<void> {
    for (let index = 0; index < 30; index++) {
      const message = `0mw00000${index.toString(36)}`;
      await chat.platform.show({ message }, { text: `no ${index}` });
    }
  }

  async function finished(page: Page): Promise<void> {
    await deliver(await asked(page), result());
    await page.getByRole('img', { name: 'A dream of clouds' }).waitFor();
  }

  const overflows = (page: Page): Promise<boolean> =>
    page.evaluate('document.documentElement.scrollWidth > innerWidth');

  it('goes from a slash to a dream by keyboard, with a picture dropped on it', async () => {
    const page = await open();
    await page.keyboard.press('/');
    await expect.poll(() => page.getByRole('option').allTextContents()).toHaveLength(3);
    await page.keyboard.type('dr');
    await expect.poll(() => field(page).getAttribute('aria-activedescendant')).toBe('suggestion-0');
    await page.keyboard.press('Tab');
    await page.keyboard.type('la');
    await page.keyboard.press('Enter');
    await page.getByRole('option', { name: 'mixed5' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => field(page).inputValue()).toBe('/dream layer:mixed5 ');
    await page.evaluate(dropOf(clouds));
    await page.getByRole('img', { name: 'To be sent: clouds.png' }).waitFor();

    let address: Address = {};
    handler.onEvent = async ({ responder }) => {
      address = await responder.acknowledge();
    };
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Enlarge clouds.png' }).waitFor();
    const [event] = handler.events;
    expect(event).toMatchObject({ command: 'dream', values: { layer: 'mixed5', picture: {} } });

    await page.getByRole('progressbar').waitFor();
    await chat.platform.show(address, underWay(0.4, clouds));
    const bar = page.getByRole('progressbar');
    await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('40');
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toMatch(/^40 %, about 1\d s left$/);
    await page.getByRole('img', { name: 'A dream under way' }).waitFor();
    await expect.poll(() => page.title()).toContain('40 %');

    await deliver(address, result());
    await page.getByRole('img', { name: 'A dream of clouds' }).waitFor();
    await expect.poll(() => bar.count()).toBe(0);
    // An edit is nothing new to a log: it is announced apart.
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Dream of mixed5');
    expect(complaints).toEqual([]);
  });

  it('takes a second picture for what it is named for', async () => {
    await chat.close();
    await start(0, [...SAMPLE_COMMANDS, PAIR_COMMAND]);
    const page = await open();
    const strip = (name: string) => page.getByRole('img', { name, exact: true });
    await field(page).fill('/pair ');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('option', { name: 'mask' }).click();
    await (await chooser).setFiles({ name: 'half.png', mimeType: 'image/png', buffer: dreamed });
    await strip('To be sent as mask: half.png').waitFor();
    await page.evaluate(dropOf(clouds));
    await strip('To be sent as picture: clouds.png').waitFor();
    expect(await page.getByRole('option').count()).toBe(0);
    // A command that takes one picture has no place for the other.
    await page.getByRole('button', { name: 'Remove clouds.png' }).click();
    await field(page).fill('/dream ');
    await strip('To be sent: half.png').waitFor();
    await field(page).fill('/pair ');
    await strip('To be sent as mask: half.png').waitFor();
    await page.evaluate(dropOf(clouds));
    await strip('To be sent as picture: clouds.png').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Enlarge half.png' }).click();
    await page.getByRole('dialog').getByRole('img', { name: 'half.png' }).waitFor();
    const values = { picture: { name: 'clouds.png' }, mask: { name: 'half.png' } };
    expect(handler.events).toMatchObject([{ command: 'pair', values }]);
    expect(complaints).toEqual([]);
  });

  it('takes the first of several pictures, and says so of the others', async () => {
    await chat.close();
    await start(0, [...SAMPLE_COMMANDS, PAIR_COMMAND]);
    const page = await open();
    const left = page.getByRole('alert');
    await page.evaluate(dropOf(clouds, ['one.png', 'two.png', 'three.png']));
    await expect
      .poll(() => left.textContent())
      .toBe('Only one.png was added, not the other 2. Send it before you add the next.');
    await expect.poll(() => page.getByRole('button', { name: /^Remove/ }).count()).toBe(1);
    await page.getByRole('button', { name: 'Remove one.png' }).click();
    await field(page).fill('/pair ');
    await page.evaluate(dropOf(clouds, ['one.png', 'two.png']));
    await expect
      .poll(() => left.textContent())
      .toMatch(/^Only one\.png was added, not the other one\. .* would be its mask\.$/);
    await expect.poll(() => page.getByRole('button', { name: /^Remove/ }).count()).toBe(1);
  });

  it('gives the line the focus when a file is taken out of it', async () => {
    const page = await open();
    await page.evaluate(dropOf(clouds));
    await page.getByRole('button', { name: 'Remove clouds.png' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('img', { name: /^To be sent/ }).count()).toBe(0);
    expect(await field(page).evaluate((node) => node === document.activeElement)).toBe(true);
  });

  it('says what a file that is dragged over it is for', async () => {
    await chat.close();
    await start(0, [...SAMPLE_COMMANDS, FILE_COMMAND]);
    const page = await open();
    await page.evaluate(dragOf('model.h5', ''));
    await page.getByText('Drop the picture to dream on it').waitFor();
    const refused = page.getByRole('alert');
    for (const name of ['model.hdf5', 'model.h5']) {
      await page.evaluate(dropOf(Buffer.from('a network'), name, ''));
      await expect
        .poll(() => refused.textContent())
        .toBe(`${name} is not a picture. If it is a model, type /box add before you drop it.`);
    }
    await field(page).fill('/box add ');
    await page.evaluate(dragOf('model.h5', ''));
    await page.getByText('Drop the file for /box add').waitFor();
    await page.evaluate(dropOf(Buffer.from('a network'), 'model.h5', ''));
    await page.getByRole('button', { name: 'Remove model.h5' }).waitFor();
    await expect.poll(() => refused.count()).toBe(0);
  });

  it('moves the line between before and after by keyboard and by pointer', async () => {
    const page = await open();
    await finished(page);
    const at = async (): Promise<number> => Number(await slider(page).inputValue());
    const before = await at();
    await slider(page).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => at()).toBe(before + 1);
    await page.keyboard.press('End');
    await expect.poll(() => at()).toBe(100);
    expect(await slider(page).getAttribute('aria-valuetext')).toBe(
      '100 percent before, 0 percent dream',
    );

    const { x, y, width, height } = (await slider(page).boundingBox())!;
    await page.mouse.move(x + width - 5, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 2, { steps: 4 });
    await page.mouse.up();
    expect(Math.abs((await at()) - 50)).toBeLessThanOrEqual(1);
  });

  it('enlarges a picture, and comes back by Escape', async () => {
    const page = await open();
    await finished(page);
    await page.getByRole('button', { name: 'Enlarge' }).click();
    await page.getByRole('dialog', { name: 'A dream of clouds' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('dream.png');
  });

  it('keeps its history over a reload, and in every tab', async () => {
    const page = await open();
    const other = await tabIn(await page.context().newPage());
    await finished(page);
    await other.getByRole('img', { name: 'A dream of clouds' }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: 'A dream of clouds' }).waitFor();
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    await expect
      .poll(() => page.getByText('/dream', { exact: false }).first().isVisible())
      .toBe(true);
  });

  it('comes back after the bot was away', async () => {
    const page = await open();
    await finished(page);
    const port = Number(new URL(chat.url).port);
    await chat.close();
    await page.getByText('The connection is lost').waitFor();
    await start(port);
    await page.getByText('The connection is lost').waitFor({ state: 'detached' });
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
  });

  it('comes back where its connection died without a word, and has missed nothing', async () => {
    const line = await dyingLine(Number(new URL(chat.url).port));
    const said = (page: Page) => page.getByRole('article').allTextContents();
    try {
      const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
      await page.clock.install();
      await tabIn(page, line.url);
      await chat.platform.show({ message: '0mw000001' }, { text: 'before' });
      await page.getByText('before').waitFor();
      line.die();
      await chat.platform.show({ message: '0mw000002' }, { text: 'meanwhile' });
      // The browser may try other connections that it had open, which are dead as well.
      const back = async (): Promise<number> => {
        await page.clock.fastForward(3 * HEARTBEAT);
        return page.getByText('meanwhile').count();
      };
      await expect.poll(back, { interval: 200, timeout: 10_000 }).toBe(1);
      await chat.platform.show({ message: '0mw000003' }, { text: 'afterwards' });
      await page.getByText('afterwards').waitFor();
      const texts = await said(page);
      expect(texts).toHaveLength(3);
      for (const [index, text] of ['before', 'meanwhile', 'afterwards'].entries()) {
        expect(texts[index]).toContain(text);
      }
      await page.getByText('The connection is lost').waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
    } finally {
      await line.close();
    }
  });

  it('keeps a connection on which nothing but heartbeats come', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
      await page.clock.install();
      await page.addInitScript(COUNT_HEARTBEATS);
      let streams = 0;
      page.on('request', (request) => {
        if (request.url().includes('/api/events')) streams += 1;
      });
      await tabIn(page);
      for (let count = 1; count <= 5; count++) {
        vi.advanceTimersByTime(HEARTBEAT);
        await expect.poll(() => page.evaluate('globalThis.heartbeats')).toBe(count);
        await page.clock.fastForward(HEARTBEAT);
      }
      expect(streams).toBe(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives a line back that could not be understood, or sent', async () => {
    const page = await open();
    await field(page).fill('hello');
    await page.keyboard.press('Enter');
    await page.getByText('Only you see this').waitFor();
    await expect.poll(() => field(page).inputValue()).toBe('hello');
    await chat.platform.stop();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('not running');
    await expect.poll(() => field(page).inputValue()).toBe('hello');
  });

  it('gives a line back with its picture where the command was refused', async () => {
    const page = await open();
    handler.onEvent = ({ responder }) =>
      responder.reply({ text: 'No layer mixd5.', tone: 'problem' }, { private: true });
    await page.evaluate(dropOf(clouds));
    await field(page).fill('/dream layer:mixd5');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByText('No layer mixd5.').waitFor();
    await expect.poll(() => field(page).inputValue()).toBe('/dream layer:mixd5');
    await page.getByRole('img', { name: 'To be sent: clouds.png' }).waitFor();
    // Sent again, corrected, it is another line.
    await field(page).fill('/dream layer:mixed5');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await expect.poll(() => handler.events.length).toBe(2);
    expect(handler.events[1]).toMatchObject({ values: { layer: 'mixed5', picture: {} } });
  });

  it('says that a line is too long, in place of cutting it', async () => {
    const page = await open();
    const long = `/dream layer:${'x'.repeat(1988)}`;
    await field(page).fill(long);
    const refused = page.getByRole('alert');
    const words = 'A line has at most 2000 characters. Shorten it to send it.';
    await expect.poll(() => refused.textContent()).toBe(words);
    expect(await field(page).inputValue()).toBe(long);
    await page.keyboard.press('Enter');
    await expect.poll(() => refused.textContent()).toBe(words);
    expect(await field(page).inputValue()).toBe(long);
    await page.keyboard.press('Backspace');
    await expect.poll(() => refused.count()).toBe(0);
    await page.keyboard.press('Enter');
    await expect.poll(() => handler.events.length).toBe(1);
  });

  it('recalls lines that were sent', async () => {
    const page = await open();
    for (const line of ['/queue', '/models list']) {
      await field(page).fill(line);
      await page.keyboard.press('Enter');
      await page.getByRole('article').filter({ hasText: line }).waitFor();
    }
    const after = async (key: string): Promise<string> => {
      await page.keyboard.press(key);
      return field(page).inputValue();
    };
    expect(await after('ArrowUp')).toBe('/models list');
    expect(await after('ArrowUp')).toBe('/queue');
    expect(await after('ArrowDown')).toBe('/models list');
    expect(await after('ArrowDown')).toBe('');
  });

  it('lets a button be pressed once at a time', async () => {
    const page = await open();
    await finished(page);
    let done = (): void => undefined;
    handler.onEvent = () =>
      new Promise<void>((resolve) => {
        done = resolve;
      });
    const button = page.getByRole('button', { name: 'Deeper' });
    await button.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    done();
    await expect.poll(() => button.getAttribute('aria-disabled')).toBe('false');
    expect(await button.evaluate((each) => each === document.activeElement)).toBe(true);
    expect(handler.events.filter(({ kind }) => kind === 'action')).toHaveLength(1);
    expect(handler.events.at(-1)).toMatchObject({ kind: 'action', action: `deeper:${ORDER}` });
  });

  it('keeps the ground under the words of the main button where the pointer is on it', async () => {
    const page = await open({ colorScheme: 'dark' });
    await deliver(await asked(page), result());
    const deeper = page.getByRole('button', { name: 'Deeper' });
    const ground = (): Promise<string> =>
      page.evaluate("getComputedStyle(document.querySelector('.button.main')).backgroundImage");
    await deeper.waitFor();
    await page.mouse.move(0, 0);
    const plain = await ground();
    expect(plain).toContain('gradient');
    await deeper.hover();
    expect(await page.locator('.button.main:hover').count()).toBe(1);
    expect(await ground()).toBe(plain);
  });

  it('keeps the place of whoever goes by keys', async () => {
    const page = await open();
    const button = (label: string) => [{ action: `duel:${label}`, label }];
    const choices = ['mixed3', 'mixed4'].map((value) => ({ value, label: value }));
    const menu = { action: 'layer:a', placeholder: 'A layer', choices };
    let text = 'First?';
    handler.onEvent = ({ responder }) =>
      responder.reply({ text, buttons: button(text), menu }, { private: true });
    await field(page).fill('/queue');
    await page.keyboard.press('Enter');
    const first = page.getByRole('button', { name: 'First?' });
    await first.focus();
    text = 'Second?';
    await page.keyboard.press('Enter');
    const second = page.getByRole('button', { name: 'Second?' });
    await expect.poll(() => second.evaluate((node) => node === document.activeElement)).toBe(true);
    await expect.poll(() => page.getByRole('status').textContent()).toContain('Second?');
    expect(await first.count()).toBe(0);

    // Arrows pass over what could be chosen; Enter chooses.
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('button', { name: 'Choose' }).waitFor();
    expect(handler.events).toHaveLength(2);
    await page.keyboard.press('Enter');
    await expect.poll(() => handler.events.length).toBe(3);
    expect(handler.events[2]).toMatchObject({ action: 'layer:a', choice: 'mixed4' });
    expect(complaints).toEqual([]);
  });

  it('keeps the place of whoever waits at a button that goes away by itself', async () => {
    const page = await open();
    const address = await asked(page);
    await chat.platform.show(address, underWay(0.9));
    await page.getByRole('button', { name: 'Cancel' }).focus();
    await deliver(address, result());
    await page.getByRole('button', { name: 'Deeper' }).waitFor();
    const answer = page.getByRole('article').last();
    await expect.poll(() => answer.evaluate((node) => node === document.activeElement)).toBe(true);
  });

  it('says that a picture is gone, and what cannot be sent', async () => {
    const page = await open();
    await page.route('**/pictures/**', (route) => route.fulfill({ status: 404 }));
    await deliver(await asked(page), result());
    await page.getByText('dream.png is no longer kept, or cannot be loaded').waitFor();
    expect(await page.getByRole('log').getByRole('slider').count()).toBe(0);

    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
    }
    await page.getByRole('alert').getByText('is a folder. Drop a picture.').waitFor();
  });

  it('keeps its buttons off a sheet, which has something in every corner', async () => {
    const page = await open();
    await deliver(await asked(page), result(false, null));
    const shown = page.getByRole('img', { name: 'A dream of clouds' });
    const [below, above] = await Promise.all([
      page.getByRole('button', { name: 'Enlarge' }).boundingBox(),
      shown.boundingBox(),
    ]);
    expect(below!.y).toBeGreaterThanOrEqual(above!.y + above!.height - 1);
    const { width, height } = above!;
    const { width: columns, height: rows } = await sharp(dreamed).metadata();
    expect(width / height).toBeCloseTo(columns / rows, 1);
  });

  it('hides a spoiler until it is wanted', async () => {
    const page = await open();
    await deliver(await asked(page), result(true));
    const veil = page.getByRole('button', { name: 'Spoiler: show the picture' });
    await veil.waitFor();
    await expect.poll(() => page.getByRole('img', { name: 'A dream of clouds' }).count()).toBe(0);
    await veil.click();
    await page.getByRole('img', { name: 'A dream of clouds' }).waitFor();
    const enlarge = page.getByRole('button', { name: 'Enlarge' });
    await expect.poll(() => enlarge.evaluate((each) => each === document.activeElement)).toBe(true);
  });

  it('shows what people and bots write as text', async () => {
    const page = await open();
    handler.onEvent = ({ responder }) =>
      responder.reply({
        text: '<b id=x>**bold** `code`</b>',
        fields: [{ name: '<i>', value: '<u>' }],
      });
    await field(page).fill('/dream <img src=x onerror=alert(1)>');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article').last();
    await answer.getByText('bold').waitFor();
    expect(await answer.locator('#x, i, u').count()).toBe(0);
    expect(await answer.locator('strong').textContent()).toBe('bold');
    expect(await page.getByRole('article').first().locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('follows what is said while it is at the end, and says so where it is not', async () => {
    const page = await open({ viewport: { width: 800, height: 500 } });
    await sayThirty();
    const last = page.getByText('no 29');
    await expect.poll(() => isInView(page, last)).toBe(true);
    await page.getByText('no 0', { exact: true }).scrollIntoViewIfNeeded();
    await chat.platform.show({ message: '0mw00000x' }, { text: 'news' });
    await page.getByRole('button', { name: 'New messages' }).click();
    await expect.poll(() => isInView(page, page.getByText('news'))).toBe(true);
    await expect.poll(() => page.getByRole('button', { name: 'New messages' }).count()).toBe(0);
  });

  it('follows also where something above what is in view becomes smaller', async () => {
    const page = await open({ viewport: { width: 800, height: 500 } });
    await sayThirty();
    const away = (first: string, last: string) =>
      page.evaluate(`(async () => {
        const articles = [...document.querySelectorAll('article')];
        articles[0].style.paddingTop = '${first}';
        articles.at(-1).style.paddingBottom = '${last}';
        for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
        const view = document.querySelector('main');
        return view.scrollHeight - view.scrollTop - view.clientHeight;
      })()`);
    await page.getByText('no 29').waitFor();
    await expect.poll(() => away('400px', '0px')).toBeLessThan(2);
    // At once: what comes below is not in view yet when the view moves for what is above it.
    expect(await away('0px', '600px')).toBeLessThan(2);
  });

  it('shows an answer that is taller than the view from its beginning', async () => {
    const page = await open({ viewport: { width: 800, height: 500 } });
    await finished(page);
    const text = `**The beginning**\n${'more\n'.repeat(60)}`;
    handler.onEvent = ({ responder }) => responder.reply({ text });
    await field(page).fill('/queue');
    await page.keyboard.press('Enter');
    const beginning = page.getByText('The beginning');
    await beginning.waitFor();
    await expect.poll(() => isInView(page, beginning)).toBe(true);
    await chat.platform.show({ message: '0zz000001' }, { text: 'news' });
    await page.getByRole('button', { name: 'New messages' }).waitFor();
    expect(await isInView(page, beginning)).toBe(true);
  });

  it('goes to what a button has brought', async () => {
    const page = await open({ viewport: { width: 800, height: 500 } });
    await finished(page);
    handler.onEvent = ({ responder }) => responder.reply({ text: 'more\n'.repeat(40) });
    await field(page).fill('/queue');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByText('more').count()).toBe(1);
    handler.onEvent = ({ responder }) => responder.reply({ text: 'Which layer?' });
    await page.getByRole('button', { name: 'Deeper' }).click();
    await expect.poll(() => isInView(page, page.getByText('Which layer?'))).toBe(true);
    // The log scrolls, and not the page below its window: nothing would bring that back.
    expect(await page.evaluate('document.documentElement.scrollHeight > innerHeight')).toBe(false);
  });

  it('copies a recipe as a command', async () => {
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await finished(page);
    await page.getByText('How it was made').click();
    await page.getByRole('button', { name: 'Copy as command' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      '/dream layer:mixed5 seed:7',
    );
  });

  it('takes a command that the bot names into the line', async () => {
    const page = await open();
    const fields = [{ name: '/dream', value: 'Dreams on a picture: `/dream layer:mixed5`' }];
    handler.onEvent = ({ responder }) => responder.reply({ text: 'Help', fields });
    await field(page).fill('/queue');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: '/dream layer:mixed5' }).click();
    await expect.poll(() => field(page).inputValue()).toBe('/dream layer:mixed5');
  });

  it('begins with something to try', async () => {
    const page = await open();
    expect(await page.getByRole('heading', { level: 2 }).isVisible()).toBe(true);
    await field(page).fill('a thought');
    await page.getByRole('button', { name: '/dream layer:mixed5 On the clouds' }).click();
    await expect.poll(() => handler.events.length).toBe(1);
    // What was not sent stays.
    expect(await field(page).inputValue()).toBe('a thought');
  });

  it.each([
    ['a phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
    ['a desk in the dark', { colorScheme: 'dark' }],
    ['a desk in the light', { colorScheme: 'light' }],
  ] as const)('fits %s', async (name, options) => {
    const page = await open(options);
    const shot = async (state: string): Promise<void> => {
      expect(await overflows(page), state).toBe(false);
      const path = join(folder, `${name} ${state}.png`);
      await page.screenshot({ path });
      expect((await stat(path)).size).toBeGreaterThan(10_000);
    };
    await shot('empty');
    await field(page).fill('/dream ');
    await page.getByRole('listbox').waitFor();
    await shot('options');
    const address = await asked(page);
    await chat.platform.show(address, underWay(0.6, clouds));
    await page.getByRole('img', { name: 'A dream under way' }).waitFor();
    await shot('under way');
    await deliver(address, result());
    await page.getByText('How it was made').click();
    await shot('result');
    expect(complaints).toEqual([]);
  });
});

/** A script that drops a file on the page, or several of the same bytes. */
function dropOf(
  bytes: Buffer,
  name: string | readonly string[] = 'clouds.png',
  type = 'image/png',
): string {
  return dragOf(name, type, bytes, ['dragenter', 'dragover', 'drop']);
}

/** The same for one that is only dragged over it. */
function dragOf(
  name: string | readonly string[],
  type: string,
  bytes: Buffer = Buffer.alloc(1),
  events = ['dragenter', 'dragover'],
): string {
  return `{
    const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (c) => c.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    for (const name of ${JSON.stringify([name].flat())}) {
      dataTransfer.items.add(new File([bytes], name, { type: '${type}' }));
    }
    for (const type of ${JSON.stringify(events)}) {
      document.body.dispatchEvent(
        new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }),
      );
    }
  }`;
}

async function isInView(page: Page, locator: ReturnType<Page['getByText']>): Promise<boolean> {
  const box = await locator.boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y >= 0 && box.y + box.height <= height;
}

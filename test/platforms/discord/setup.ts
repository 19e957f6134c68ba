/** A bot at the stand-in, anew for each test. */
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createDownloader } from '../../../src/chat/download.ts';
import type { Downloader } from '../../../src/chat/download.ts';
import type { Inbound } from '../../../src/chat/inbound.ts';
import type { Platform } from '../../../src/chat/platform.ts';
import type { LogFields, Logger } from '../../../src/kit/log.ts';
import type { DiscordSettings } from '../../../src/platforms/discord/index.ts';
import { testPlatform } from '../../helpers/discord-harness.ts';
import type { Call } from '../../helpers/discord-rest.ts';
import { seen } from '../../helpers/discord-seen.ts';
import { DiscordServer } from '../../helpers/discord-server.ts';
import { CHANNEL } from '../../helpers/discord-world.ts';
import type { Asked, Kept, World } from '../../helpers/discord-world.ts';
import type { Seen } from '../../helpers/platform-harness.ts';
import { COMMANDS, scripted } from './scripted.ts';
import type { Scripted } from './scripted.ts';

export class Bench {
  readonly server: DiscordServer;
  readonly downloader: Downloader = createDownloader({ trustedHosts: ['127.0.0.1'] });
  readonly logged: { readonly level: string; readonly fields: LogFields; readonly text: string }[] =
    [];
  readonly platforms: Platform[] = [];

  constructor(server: DiscordServer) {
    this.server = server;
  }

  get world(): World {
    return this.server.world;
  }

  platform(settings: Partial<DiscordSettings> = {}): Platform {
    const { download } = this.downloader;
    const log = this.#log();
    const platform = testPlatform(this.server, { commands: COMMANDS, download, log, ...settings });
    this.platforms.push(platform);
    return platform;
  }

  /** Connected, and doing what `act` says. */
  async bot(
    act?: (inbound: Inbound, platform: Platform) => Promise<unknown>,
  ): Promise<{ platform: Platform; handler: Scripted }> {
    const platform = this.platform();
    const handler = scripted(act && ((inbound) => act(inbound, platform)));
    await platform.start(handler);
    return { platform, handler };
  }

  /** Runs `/dream`, acknowledges it, and gives what happened. */
  async acknowledged(
    ...[how]: Parameters<DiscordServer['slash']> extends [unknown, unknown, unknown, ...infer Rest]
      ? Rest
      : never
  ): Promise<{ platform: Platform; address: Inbound['address']; asked: Asked }> {
    let resolve: (address: Inbound['address']) => void;
    const address = new Promise<Inbound['address']>((settle) => (resolve = settle));
    const { platform } = await this.bot(async ({ responder }) => {
      resolve(await responder.acknowledge());
    });
    const asked = this.server.slash('bob', 'dream', [], how);
    return { platform, asked, address: await address };
  }

  /** What stands in the channel, whoever may see it. */
  shown(channel = CHANNEL): Seen[] {
    return this.kept(channel).map(seen);
  }

  kept(channel = CHANNEL): Kept[] {
    return this.world.inChannel(channel);
  }

  /** The first message that fits, now or later. */
  async shows(fits: (message: Seen) => boolean): Promise<Seen> {
    return this.world.until(() => this.shown().find(fits));
  }

  calls(pattern: RegExp): Call[] {
    return this.server.calls.filter(({ method, path }) => pattern.test(`${method} ${path}`));
  }

  async close(): Promise<void> {
    await Promise.all(this.platforms.map((platform) => platform.stop()));
    await this.downloader.close();
    await this.server.close();
  }

  #log(): Logger {
    const at = (level: string) => (fields: LogFields, text: string) => {
      this.logged.push({ level, fields, text });
      this.world.changed();
    };
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}

/** Every request of every test has to be as Discord wants it. */
export function useBench(): () => Bench {
  vi.setConfig({ testTimeout: 10_000 });
  let bench: Bench | undefined;
  beforeEach(async () => {
    bench = new Bench(await DiscordServer.start());
  });
  afterEach(async () => {
    await bench!.close();
    expect(bench!.world.violations).toEqual([]);
    expect(bench!.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
  return () => bench!;
}

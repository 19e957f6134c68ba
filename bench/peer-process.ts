/** A process that measures on its own: it says that it is ready, then answers one line with one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface PeerProcess {
  /** What it said of itself. */
  readonly about: Readonly<Record<string, string>>;
  /** @throws with what it says that went wrong */
  ask<Answer>(request: object): Promise<Answer>;
  /** Resolves when it is gone, and what it held with it. */
  stop(): Promise<void>;
}

/** @returns null where it cannot be started, or ends before it is ready */
export async function startPeer(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<PeerProcess | null> {
  const env = { ...process.env, ...environment };
  const peer = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env });
  const gone = once(peer, 'close').catch(() => undefined);
  try {
    await once(peer, 'spawn');
  } catch {
    return null;
  }
  const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error('it ended early');
    return line.value;
  };
  const first = await next().catch(() => '');
  if (!first.startsWith('ready ')) {
    peer.kill();
    await gone;
    return null;
  }
  return {
    about: JSON.parse(first.slice(6)) as Record<string, string>,
    async ask<Answer>(request: object) {
      peer.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = JSON.parse(await next()) as Answer & { error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    async stop() {
      peer.stdin.end();
      await gone;
    },
  };
}

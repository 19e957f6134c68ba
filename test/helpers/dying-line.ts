/** A line to a server on this machine that can die without a word, as lines behind proxies do. */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface DyingLine {
  readonly url: string;
  /** Nothing comes through any more by the connections that are open, and nobody is told. */
  die(): void;
  close(): Promise<void>;
}

export async function dyingLine(port: number): Promise<DyingLine> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [client, far]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
    }
    client.pipe(far);
    far.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    die() {
      // What still arrives is swallowed.
      for (const socket of open) socket.unpipe().resume();
    },
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What stands before two instances: one address, plain HTTP/1.1, new connections to whichever instance answers. */
import net from 'node:net';

export interface Balancer {
  url: string;
  /** ports of the instances, in the order of `streamsAt` */
  setTargets: (ports: readonly number[]) => void;
  /** how many live streams go through each instance at this moment */
  streamsAt: () => readonly number[];
  close: () => Promise<void>;
}

/** Knows no HTTP: it passes bytes, and only looks whether a connection asks for the live stream. */
export async function openBalancer(): Promise<Balancer> {
  const state: { ports: readonly number[]; next: number } = { ports: [], next: 0 };
  const streams = new Map<net.Socket, number>();
  const sockets = new Set<net.Socket>();

  const server = net.createServer((near) => {
    near.pause();
    sockets.add(near);
    near.on('error', () => undefined);
    near.on('close', () => {
      sockets.delete(near);
      streams.delete(near);
    });
    state.next += 1;
    connect(near, state.next, state.ports.length);
  });

  function connect(near: net.Socket, turn: number, tries: number): void {
    const at = turn % Math.max(1, state.ports.length);
    const port = state.ports[at];
    if (port === undefined || tries === 0) {
      near.destroy();
      return;
    }
    const far = net.connect(port, '127.0.0.1');
    let isOpen = false;
    far.on('connect', () => {
      isOpen = true;
      near.on('data', (bytes) => {
        if (bytes.includes('GET /api/live')) streams.set(near, at);
      });
      near.pipe(far);
      far.pipe(near);
    });
    // an instance that is gone refuses at once: the other one is asked
    far.on('error', () => {
      if (isOpen) near.destroy();
      else connect(near, turn + 1, tries - 1);
    });
    far.on('close', () => {
      if (isOpen) near.destroy();
    });
    near.on('close', () => far.destroy());
  }

  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    setTargets: (ports) => {
      state.ports = ports;
    },
    streamsAt: () => state.ports.map((_port, at) => [...streams.values()].filter((one) => one === at).length),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

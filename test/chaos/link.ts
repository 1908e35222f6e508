/** A network that can be broken: a TCP proxy on loopback that delays, holds back, swallows or resets, or cuts at one exact byte. */
import net from 'node:net';

/** What the link does to what passes; null = nothing. */
export type LinkFault =
  /** everything arrives, that much later */
  | { kind: 'latency'; ms: number }
  /** held back while the fault lasts, and delivered afterwards: a cable out and in again */
  | { kind: 'stall' }
  /** swallowed without a word; the connections that lost something are reset when the fault ends */
  | { kind: 'black_hole' }
  /** open connections are reset, new ones refused */
  | { kind: 'reset' };

/**
 * Watches what the client sends. `before`: fires when the matching bytes arrive, which go no further; `after`: they go on, and it
 * fires when the other side answers them, an answer that nobody gets. The connection stays silent from then on.
 */
export interface Tripwire {
  matches: (bytes: Buffer) => boolean;
  when: 'before' | 'after';
  /** how many matches pass unharmed first */
  skip: number;
  fire: () => void;
}

export interface Link {
  port: number;
  setFault: (fault: LinkFault | null) => void;
  /** replaces the last one; null = none */
  setTripwire: (wire: Tripwire | null) => void;
  /** bytes that were held back or swallowed so far */
  keptBytes: () => number;
  close: () => Promise<void>;
}

interface Pair {
  near: net.Socket;
  far: net.Socket;
  /** bytes were lost or cut off: it cannot go on */
  isBroken: boolean;
  /** an `after` wire that matched: the next answer fires it, unless it was replaced since */
  awaited: Tripwire | null;
  /** what waits for the end of a stall, in order */
  held: { to: net.Socket; bytes: Buffer }[];
  /** what is on its way for longer than usual: nothing overtakes it */
  delayed: { to: net.Socket; bytes: Buffer }[];
}

/** @param onOpen told the local port of each connection to the target */
export async function openLink(
  target: net.NetConnectOpts,
  onOpen: (port: number) => void = () => undefined,
): Promise<Link> {
  const pairs = new Set<Pair>();
  const state: { fault: LinkFault | null; wire: Tripwire | null; kept: number } = {
    fault: null,
    wire: null,
    kept: 0,
  };

  const server = net.createServer((near) => {
    if (state.fault?.kind === 'reset') {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect(target);
    const pair: Pair = { near, far, isBroken: false, awaited: null, held: [], delayed: [] };
    pairs.add(pair);
    near.setNoDelay(true);
    far.on('connect', () => onOpen(far.localPort ?? 0));
    near.on('data', (bytes) => passRequest(pair, bytes));
    far.on('data', (bytes) => passAnswer(pair, bytes));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
  });

  function passRequest(pair: Pair, bytes: Buffer): void {
    const { wire } = state;
    if (pair.isBroken) return;
    if (wire !== null && wire.matches(bytes)) {
      if (wire.skip > 0) wire.skip -= 1;
      else if (wire.when === 'before') {
        trip(pair, wire);
        return;
      } else pair.awaited = wire;
    }
    pass(pair, pair.far, bytes);
  }

  function passAnswer(pair: Pair, bytes: Buffer): void {
    if (pair.isBroken) return;
    if (pair.awaited !== null && pair.awaited === state.wire) {
      trip(pair, pair.awaited);
      return;
    }
    pass(pair, pair.near, bytes);
  }

  function trip(pair: Pair, wire: Tripwire): void {
    pair.isBroken = true;
    state.wire = null;
    wire.fire();
  }

  function pass(pair: Pair, to: net.Socket, bytes: Buffer): void {
    const { fault } = state;
    if (fault?.kind === 'black_hole' || fault?.kind === 'stall') state.kept += bytes.length;
    if (fault?.kind === 'black_hole') pair.isBroken = true;
    else if (fault?.kind === 'stall' || pair.held.length > 0) pair.held.push({ to, bytes });
    else if (fault?.kind === 'latency' || pair.delayed.length > 0) {
      pair.delayed.push({ to, bytes });
      setTimeout(() => passDelayed(pair), fault?.kind === 'latency' ? fault.ms : 0);
    } else to.write(bytes);
  }

  /** Each timer passes on one; whichever fires, the oldest goes first. */
  function passDelayed(pair: Pair): void {
    const oldest = pair.delayed.shift();
    if (oldest !== undefined && !pair.isBroken) oldest.to.write(oldest.bytes);
  }

  function setFault(fault: LinkFault | null): void {
    state.fault = fault;
    if (fault?.kind === 'reset') for (const pair of [...pairs]) reset(pair);
    if (fault !== null) return;
    for (const pair of [...pairs]) {
      if (pair.isBroken) reset(pair);
      else for (const { to, bytes } of pair.held.splice(0)) to.write(bytes);
    }
  }

  function reset(pair: Pair): void {
    pair.near.resetAndDestroy();
    pair.far.destroy();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the link has no port');
  return {
    port: address.port,
    setFault,
    keptBytes: () => state.kept,
    setTripwire: (wire) => {
      state.wire = wire;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const pair of [...pairs]) reset(pair);
      }),
  };
}

/** One live stream for all tabs of this browser: the tab that holds the lock listens and passes on what it hears. */
import type { LiveChange } from '../../../api/contract.ts';
import type { LiveStatus } from './services.ts';

export interface LiveListener {
  onChange: (change: LiveChange) => void;
  /** we may have missed something: refetch everything */
  onReset: () => void;
  onStatus: (status: LiveStatus) => void;
  /** the session may be over: ask the server */
  onDoubt: () => void;
}

type Note =
  | { type: 'change'; change: LiveChange; id: string }
  | { type: 'reset' }
  | { type: 'status'; status: LiveStatus }
  | { type: 'doubt' }
  /** a new tab asks how things are */
  | { type: 'hello' };

/**
 * HTTP/1.1 allows six connections per site; a stream per tab would use them up (console.md 3). Where the browser has no
 * locks (plain http away from localhost) each tab listens for itself.
 *
 * @returns stops listening
 */
export function startLive(listener: LiveListener): () => void {
  const stopped = new AbortController();
  const channel = new BroadcastChannel('console-live');
  let lastId: string | null = null;
  let status: LiveStatus = 'connecting';
  let leads = false;

  const hear = (note: Note): void => {
    if (note.type === 'change') {
      lastId = note.id;
      listener.onChange(note.change);
    } else if (note.type === 'reset') listener.onReset();
    else if (note.type === 'doubt') listener.onDoubt();
    else if (note.type === 'status') {
      status = note.status;
      listener.onStatus(status);
    } else if (leads) channel.postMessage({ type: 'status', status } satisfies Note);
  };
  const tell = (note: Note): void => {
    if (stopped.signal.aborted) return;
    channel.postMessage(note);
    hear(note);
  };
  channel.onmessage = (event: MessageEvent<Note>) => hear(event.data);
  channel.postMessage({ type: 'hello' } satisfies Note);

  const lead = async (): Promise<void> => {
    leads = true;
    while (!stopped.signal.aborted) {
      await listen(lastId, tell, stopped.signal);
      await pause(1000 + Math.random() * 2000, stopped.signal);
    }
  };
  if ('locks' in navigator) {
    navigator.locks.request('console-live', { signal: stopped.signal }, lead).catch(() => undefined);
  } else {
    void lead();
  }
  return () => {
    stopped.abort();
    channel.close();
  };
}

/** One connection, with the browser's own reconnects; ends when the server refuses or says goodbye. */
function listen(after: string | null, tell: (note: Note) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const source = new EventSource(
      after === null ? '/api/live' : `/api/live?after=${encodeURIComponent(after)}`,
    );
    let wasOpen = false;
    const finish = (): void => {
      source.close();
      resolve();
    };
    signal.addEventListener('abort', finish, { once: true });
    source.onopen = () => {
      // without a cursor there is no replay: whatever happened since the last fetch is unknown
      if (wasOpen || after === null) tell({ type: 'reset' });
      wasOpen = true;
      tell({ type: 'status', status: 'open' });
    };
    source.onerror = () => {
      if (signal.aborted) return;
      tell({ type: 'status', status: 'lost' });
      if (source.readyState !== EventSource.CLOSED) return;
      tell({ type: 'doubt' });
      finish();
    };
    source.addEventListener('change', (event) => {
      const change = readChange(event.data);
      if (change !== null) tell({ type: 'change', change, id: event.lastEventId });
    });
    source.addEventListener('reset', () => tell({ type: 'reset' }));
    source.addEventListener('bye', () => {
      tell({ type: 'doubt' });
      finish();
    });
  });
}

function readChange(data: unknown): LiveChange | null {
  try {
    // our own server writes this
    // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment
    const change: LiveChange = JSON.parse(String(data));
    return change;
  } catch {
    return null;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

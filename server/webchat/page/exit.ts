/** Leaving in one moment: first nothing is left on the screen, then everything else. */

/** Two Esc, or three Shift with no other key between, within this time. */
const KEYS_WITHIN_MS = 1500;

export interface ExitDeps {
  target: string;
  /** stops the conversation and tells the server */
  end: () => void;
}

/** @returns the function that leaves; calling it again does nothing */
export function createExit(deps: ExitDeps): () => void {
  let gone = false;
  const goOn = (): void => location.replace(deps.target);
  return () => {
    if (gone) return;
    gone = true;
    // the order matters: on a slow phone the next lines take long, the empty screen must not
    const body = document.body;
    while (body.firstChild !== null) body.removeChild(body.firstChild);
    body.className = 'gone';
    for (const name of ['data-texts', 'data-exit']) body.removeAttribute(name);
    document.title = '';
    for (const icon of document.querySelectorAll('link[rel="icon"]')) icon.remove();
    try {
      deps.end();
    } finally {
      // without a network the browser would show its own error page with the name of the target: stay empty instead
      if (navigator.onLine) goOn();
      else addEventListener('online', goOn, { once: true });
    }
  };
}

/** Listens for the keys. Shift while writing capitals does not count, nor does Esc that closes a word list of the keyboard. */
export function listenForExitKeys(leave: () => void): void {
  let times: number[] = [];
  let last = '';
  let shiftAlone = false;
  const count = (key: string, needed: number): void => {
    const now = performance.now();
    times = last === key ? [...times, now].filter((time) => now - time < KEYS_WITHIN_MS) : [now];
    last = key;
    if (times.length >= needed) leave();
  };
  addEventListener(
    'keydown',
    (event) => {
      shiftAlone = event.key === 'Shift';
      if (event.key === 'Escape' && !event.isComposing && !event.repeat) count('Escape', 2);
      else if (event.key !== 'Shift') times = [];
    },
    true,
  );
  addEventListener(
    'keyup',
    (event) => {
      if (event.key === 'Shift' && shiftAlone) count('Shift', 3);
    },
    true,
  );
}

/** Makes the boxes of `/declaration` writable, prints, and forgets: nothing that is typed leaves this page or outlives it. */
import './draft.css';

const boxes = [...document.querySelectorAll<HTMLElement>('.box')];
for (const box of boxes) {
  box.setAttribute('contenteditable', 'plaintext-only');
  // an older browser knows only the other kind; pasted styles are dropped by the policy of the page
  if (!box.isContentEditable) box.setAttribute('contenteditable', 'true');
}

function empty(): void {
  for (const box of boxes) box.textContent = '';
}

function act(id: string, work: () => void): void {
  const button = document.getElementById(id);
  if (button === null) return;
  button.hidden = false;
  button.addEventListener('click', work);
}

function leave(): void {
  empty();
  document.title = '';
  location.replace(document.body.dataset['exit'] ?? 'about:blank');
}

act('print', () => window.print());
act('clear', () => {
  empty();
  boxes[0]?.focus();
});
act('exit', leave);

let lastEscape = 0;
addEventListener('keydown', ({ key, timeStamp }) => {
  if (key !== 'Escape') return;
  // twice, as in the chat: once may be a slip
  if (timeStamp - lastEscape < 1000) leave();
  lastEscape = timeStamp;
});

// also before the browser keeps the page for its Back button
addEventListener('pagehide', empty);
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) empty();
});

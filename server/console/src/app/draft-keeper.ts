/** Keeps what is being typed on the server, encrypted there: this browser stores no texts, and a draft must outlive it. */
import type { Draft, Drafts, SaveDraft } from '../../../api/talk-contract.ts';
import { callApi, codeOf } from './api.ts';
import { createStore, withEntry } from './store.ts';
import type { Store } from './store.ts';

export type DraftKind = SaveDraft['kind'];
/** pending: typed just now. failed: not on the server, which is tried again by itself. Missing: nothing to save, or saved. */
export type KeepState = 'pending' | 'failed';

export interface DraftKeeper {
  /** by `keyOf` */
  states: Store<ReadonlyMap<string, KeepState>>;
  /** what `read` gives for it has changed */
  touch: (conversationId: string, kind: DraftKind) => void;
  /** it went out or was deleted by an answer of the server */
  settled: (conversationId: string, kind: DraftKind) => void;
  /** saves now what is not saved; settles also when some of it could not be */
  flush: () => Promise<void>;
  /** the same while the page goes away: nobody waits for the answer */
  flushOnLeave: () => void;
  /** brings back what was kept, once; until it worked it may be asked for again */
  load: () => Promise<void>;
  forget: () => void;
}

/** After the last key; a fast writer is saved at least every `LONGEST_MS`. */
const REST_MS = 800;
const LONGEST_MS = 3_000;
const RETRY_MS = 5_000;
/** As in the contract. */
const MAX_DRAFT_UTF16 = 10_000;
const MAX_UNSENT = 5;

interface Entry {
  conversationId: string;
  kind: DraftKind;
  /** what the server has, '' = nothing */
  saved: string;
  timer: ReturnType<typeof setTimeout> | null;
  /** first change that is not saved, ms; null = all is */
  changedAt: number | null;
  sending: Promise<void> | null;
}

export function keyOf(conversationId: string, kind: DraftKind): string {
  return `${conversationId}/${kind}`;
}

/** @param hands `read`: what is typed now; `put`: a kept draft where nothing else is typed. @returns false when something is */
export function createDraftKeeper(hands: {
  read: (conversationId: string, kind: DraftKind) => Omit<SaveDraft, 'kind'>;
  put: (draft: Draft) => boolean;
}): DraftKeeper {
  const states = createStore<ReadonlyMap<string, KeepState>>(new Map());
  const entries = new Map<string, Entry>();
  let isLoaded = false;
  let loading: Promise<void> | null = null;

  const show = (entry: Entry, state: KeepState | undefined): void =>
    states.set(withEntry(states.get(), keyOf(entry.conversationId, entry.kind), state));
  const entryOf = (conversationId: string, kind: DraftKind): Entry => {
    const key = keyOf(conversationId, kind);
    const known = entries.get(key);
    if (known !== undefined) return known;
    const fresh = { conversationId, kind, saved: '', timer: null, changedAt: null, sending: null };
    entries.set(key, fresh);
    return fresh;
  };
  const bodyOf = ({ conversationId, kind }: Entry): SaveDraft => {
    const { text, unsent, seenSeq } = hands.read(conversationId, kind);
    return { kind, text: text.slice(0, MAX_DRAFT_UTF16), unsent: unsent.slice(0, MAX_UNSENT), seenSeq };
  };
  const isCurrent = (entry: Entry): boolean => entries.get(keyOf(entry.conversationId, entry.kind)) === entry;
  const later = (entry: Entry, ms: number): void => {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = setTimeout(() => void save(entry), ms);
  };
  /** One request at a time for each draft, so that the last word typed is the last one stored. */
  const save = (entry: Entry): Promise<void> => {
    if (entry.timer !== null) clearTimeout(entry.timer);
    entry.timer = null;
    entry.sending ??= saveAll(entry).finally(() => {
      entry.sending = null;
    });
    return entry.sending;
  };
  const saveAll = async (entry: Entry): Promise<void> => {
    while (isCurrent(entry)) {
      const body = bodyOf(entry);
      const wanted = signOf(body);
      if (wanted === entry.saved) break;
      try {
        await callApi('POST', `/conversations/${entry.conversationId}/drafts`, body);
      } catch (error) {
        if (!isPassing(codeOf(error))) break;
        if (!isCurrent(entry)) return;
        show(entry, 'failed');
        later(entry, RETRY_MS);
        return;
      }
      entry.saved = wanted;
    }
    entry.changedAt = null;
    if (isCurrent(entry)) show(entry, undefined);
  };

  return {
    states,
    touch: (conversationId, kind) => {
      const entry = entryOf(conversationId, kind);
      if (signOf(bodyOf(entry)) === entry.saved && entry.sending === null) {
        if (entry.timer !== null) clearTimeout(entry.timer);
        entry.changedAt = null;
        show(entry, undefined);
        return;
      }
      entry.changedAt ??= Date.now();
      if (states.get().get(keyOf(conversationId, kind)) !== 'failed') show(entry, 'pending');
      later(entry, Math.max(0, Math.min(REST_MS, entry.changedAt + LONGEST_MS - Date.now())));
    },
    settled: (conversationId, kind) => {
      const entry = entryOf(conversationId, kind);
      // a save that is on its way may arrive after the server deleted it: then it is deleted once more
      if (entry.sending === null) entry.saved = '';
    },
    flush: async () => {
      await Promise.all([...entries.values()].map((entry) => save(entry)));
    },
    flushOnLeave: () => {
      for (const entry of entries.values()) {
        const body = bodyOf(entry);
        if (signOf(body) === entry.saved) continue;
        const sent = new Blob([JSON.stringify(body)], { type: 'application/json' });
        navigator.sendBeacon(`/api/conversations/${entry.conversationId}/drafts`, sent);
      }
    },
    load: () => {
      if (isLoaded) return Promise.resolve();
      loading ??= callApi<Drafts>('GET', '/drafts')
        .then(({ drafts }) => {
          isLoaded = true;
          for (const draft of drafts) {
            const entry = entryOf(draft.conversationId, draft.kind);
            const isPut = hands.put(draft);
            if (isPut) entry.saved = signOf(bodyOf(entry));
          }
        })
        .catch(() => undefined)
        .finally(() => {
          loading = null;
        });
      return loading;
    },
    forget: () => {
      for (const { timer } of entries.values()) if (timer !== null) clearTimeout(timer);
      entries.clear();
      states.set(new Map());
      isLoaded = false;
    },
  };
}

function signOf({ text, unsent, seenSeq }: SaveDraft): string {
  return text === '' && unsent.length === 0 ? '' : JSON.stringify([text, unsent, seenSeq]);
}

function isPassing(code: string): boolean {
  return code === 'network' || code === 'database_unavailable' || code === 'internal';
}

/** One file of a draft under somebody's hands: saved by itself after a pause, and nothing lost when a colleague wrote meanwhile. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ContentFile } from '../../../api/studio-contract.ts';
import { ApiError, codeOf } from '../app/api.ts';
import { readContentFile, STUDIO_KEYS, writeContentFile } from './studio.ts';

/** long enough to finish a word */
const PAUSE_MS = 1_200;

export type Saving =
  | { kind: 'clean' }
  | { kind: 'typing' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number }
  | { kind: 'failed'; error: unknown }
  /** a colleague wrote; `theirs` is what stands there now */
  | { kind: 'conflict'; by: string | null; theirs: ContentFile };

/** what must be known at once, not with the next drawing of the page */
interface Held {
  hash: string | null;
  text: string;
  saved: string;
  isSaving: boolean;
  isAgain: boolean;
}

export interface FileEditing {
  file: ContentFile | null;
  error: unknown;
  text: string;
  saving: Saving;
  change: (text: string) => void;
  save: () => void;
  /** writes over what the colleague wrote */
  keepMine: () => void;
  takeTheirs: () => void;
}

export function useFileEditing(draftId: string, path: string): FileEditing {
  const client = useQueryClient();
  const [file, setFile] = useState<ContentFile | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [text, setText] = useState('');
  const [saving, setSaving] = useState<Saving>({ kind: 'clean' });
  const state = useRef<Held>({ hash: null, text: '', saved: '', isSaving: false, isAgain: false });

  const adopt = useCallback((read: ContentFile): void => {
    const now = read.text ?? '';
    Object.assign(state.current, { hash: read.hash, text: now, saved: now });
    setFile(read);
    setText(now);
    setSaving({ kind: 'clean' });
  }, []);

  useEffect(() => {
    let isGone = false;
    readContentFile(draftId, path).then(
      (read) => {
        if (!isGone) adopt(read);
      },
      (cause: unknown) => {
        if (!isGone) setError(cause);
      },
    );
    return () => {
      isGone = true;
    };
  }, [draftId, path, adopt]);

  const save = useCallback(async (): Promise<void> => {
    const now = state.current;
    if (now.isSaving) {
      now.isAgain = true;
      return;
    }
    if (now.text === now.saved) return;
    now.isSaving = true;
    setSaving({ kind: 'saving' });
    const sent = now.text;
    try {
      const { hash } = await writeContentFile(draftId, { path, text: sent, expected: now.hash });
      now.hash = hash;
      now.saved = sent;
      setSaving(now.text === sent ? { kind: 'saved', at: Date.now() } : { kind: 'typing' });
      void client.invalidateQueries({ queryKey: STUDIO_KEYS.draft(draftId) });
    } catch (cause) {
      if (codeOf(cause) === 'content_changed' && cause instanceof ApiError) {
        const theirs = await readContentFile(draftId, path).catch(() => null);
        setSaving(
          theirs === null
            ? { kind: 'failed', error: cause }
            : { kind: 'conflict', by: cause.refusal.by?.displayName ?? null, theirs },
        );
      } else setSaving({ kind: 'failed', error: cause });
      now.isAgain = false;
    } finally {
      now.isSaving = false;
    }
    if (now.isAgain) {
      now.isAgain = false;
      await save();
    }
  }, [client, draftId, path]);

  const isConflict = saving.kind === 'conflict';
  useEffect(() => {
    if (text === state.current.saved || isConflict) return;
    const timer = setTimeout(() => void save(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, save, isConflict]);

  // whoever leaves with unsaved words is asked by the browser
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent): void => {
      if (state.current.text !== state.current.saved) event.preventDefault();
    };
    window.addEventListener('beforeunload', hold);
    return () => {
      window.removeEventListener('beforeunload', hold);
      void save();
    };
  }, [save]);

  return {
    ...{ file, error, text, saving },
    change: (next) => {
      state.current.text = next;
      setText(next);
      if (!isConflict) setSaving({ kind: 'typing' });
    },
    save: () => void save(),
    keepMine: () => {
      if (saving.kind !== 'conflict') return;
      state.current.hash = saving.theirs.hash;
      state.current.saved = saving.theirs.text ?? '';
      setSaving({ kind: 'typing' });
      void save();
    },
    takeTheirs: () => {
      if (saving.kind === 'conflict') adopt(saving.theirs);
    },
  };
}

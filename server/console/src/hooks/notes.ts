/** The private note that is being written, and writing it down. It has its own address: nothing here can send it to a person. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { callApi } from '../app/api.ts';
import { useServices } from '../app/services.ts';
import { useStore, withEntry } from '../app/store.ts';
import { findNamed } from './mention-text.ts';
import { fetchNameable } from './mentions.ts';
import { KEYS } from './queries.ts';
import { newUuid } from './uuid.ts';

export interface NoteWriting {
  text: string;
  setText: (text: string) => void;
  /** keeps the words until the server has them */
  save: () => void;
  /** this colleague was picked from the list: of two with one name, they are meant */
  meant: (userId: string) => void;
  isSaving: boolean;
  error: Error | null;
}

/** @param onlyFor id of the colleague who alone is to read it */
export function useNoteWriting(conversationId: string, onlyFor: string | null = null): NoteWriting {
  const { notes, keeper } = useServices();
  const client = useQueryClient();
  const text = useStore(notes).get(conversationId) ?? '';
  // the same id until it is written down, however often the button is pressed
  const id = useRef(newUuid());
  const chosen = useRef(new Set<string>());
  const setText = (next: string): void => {
    notes.set(withEntry(notes.get(), conversationId, next === '' ? undefined : next));
    keeper.touch(conversationId, 'note');
  };
  const saving = useMutation({
    mutationFn: async (written: string) => {
      const colleagues = written.includes('@')
        ? (await fetchNameable(client, conversationId)).colleagues
        : [];
      const mentions = findNamed(written, colleagues, chosen.current);
      return callApi('POST', `/conversations/${conversationId}/notes`, {
        ...{ id: id.current, text: written },
        ...(onlyFor === null ? {} : { onlyFor }),
        ...(mentions.length === 0 ? {} : { mentions }),
      });
    },
    onSuccess: async (_done, written) => {
      id.current = newUuid();
      chosen.current.clear();
      keeper.settled(conversationId, 'note');
      // what was typed meanwhile stays
      const now = notes.get().get(conversationId) ?? '';
      setText(now.trim() === written ? '' : now);
      await client.invalidateQueries({ queryKey: KEYS.conversation(conversationId) });
    },
  });
  return {
    text,
    setText,
    save: () => {
      if (!saving.isPending && text.trim() !== '') saving.mutate(text.trim());
    },
    meant: (userId) => void chosen.current.add(userId),
    isSaving: saving.isPending,
    error: saving.error,
  };
}

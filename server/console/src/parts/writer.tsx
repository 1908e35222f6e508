/** What is written in a conversation: a reply to the person, or a note for colleagues; one at a time, never the same box. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import type { Replies } from '../hooks/replies.ts';
import { Composer } from './composer.tsx';
import { NoteBox } from './note-box.tsx';
import { useDeskKeys } from '../hooks/desk-keys.ts';

type Mode = 'reply' | 'note';

interface Props {
  conversation: Conversation;
  myName: string;
  replies: Replies;
  onTyping: () => void;
}

export function Writer(props: Props) {
  const { t } = useTranslation();
  const { mode, choose } = useMode();
  const modes = (
    <div className="writer-modes" role="group" aria-label={t('talk.modes')}>
      {(['reply', 'note'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={mode === one} onClick={() => choose(one)}>
          {t(one === 'reply' ? 'talk.toReply' : 'talk.toNote')}
        </button>
      ))}
    </div>
  );
  return (
    <div className="composer" data-mode={mode}>
      {mode === 'reply' ? (
        <Composer {...props} modes={modes} />
      ) : (
        <>
          <div className="writer-head">{modes}</div>
          <NoteBox conversationId={props.conversation.id} />
        </>
      )}
    </div>
  );
}

/** For whoever may read, and cannot or may not answer: the note alone, once it is asked for. */
export function NoteOnly({
  conversationId,
  whisperTo,
}: {
  conversationId: string;
  /** who answers, when the one who writes may speak to them alone */
  whisperTo: Conversation['handover']['takenBy'];
}) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const open = useFocusOn(opened ? 'note' : null);
  useDeskKeys((action) => {
    if (action !== 'note') return;
    setOpened(true);
    open('note');
  });
  return (
    <div className="composer note-only" data-mode={opened ? 'note' : 'closed'}>
      <div className="writer-modes">
        <button
          type="button"
          aria-expanded={opened}
          onClick={() => {
            setOpened(!opened);
            if (!opened) open('note');
          }}
        >
          {t('talk.toNote')}
        </button>
      </div>
      {opened && <NoteBox conversationId={conversationId} whisperTo={whisperTo} />}
    </div>
  );
}

function useMode(): { mode: Mode; choose: (mode: Mode) => void } {
  const [mode, setMode] = useState<Mode>('reply');
  const focus = useFocusOn(mode);
  const choose = (next: Mode): void => {
    setMode(next);
    focus(next);
  };
  useDeskKeys((action) => {
    if (action === 'reply' || action === 'note') choose(action);
  });
  return { mode, choose };
}

/** @param shown the box that is in the page. @returns asks for the focus, which comes once the box is there */
function useFocusOn(shown: Mode | null): (mode: Mode) => void {
  const wanted = useRef<Mode | null>(null);
  useEffect(() => {
    if (wanted.current === null || wanted.current !== shown) return;
    document.getElementById(wanted.current)?.focus();
    wanted.current = null;
  });
  return (mode) => {
    wanted.current = mode;
    if (mode === shown) document.getElementById(mode)?.focus();
  };
}

/** Where a private note is written: yellow, named, with a button of its own. Its words never touch the reply's. */
import { Button, Checkbox, Textarea } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { caretOf, focusAt, opensBehindSpace } from '../hooks/caret.ts';
import { useNoteWriting } from '../hooks/notes.ts';
import { readPress, shouldSend, useSendKey } from '../hooks/send-key.ts';
import { KeepNote } from './composer.tsx';

const MentionList = lazy(() => import('./mention-list.tsx').then((part) => ({ default: part.MentionList })));

/** MAX_REPLY_UTF16 of the contract. */
const MAX_UTF16 = 4000;

interface Props {
  conversationId: string;
  /** the one who answers, when a supervisor may say it to them alone */
  whisperTo?: Conversation['handover']['takenBy'];
}

export function NoteBox({ conversationId, whisperTo = null }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [sendKey] = useSendKey();
  const [whispers, setWhispers] = useState(false);
  const [isNaming, setNaming] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const { text, setText, save, meant, isSaving, error } = useNoteWriting(
    conversationId,
    whispers ? (whisperTo?.id ?? null) : null,
  );
  const over = text.trim().length - MAX_UTF16;
  const maySave = text.trim() !== '' && over <= 0;
  /** @param words replace the selection; the focus comes back behind them */
  const insert = (words: string): void => {
    setNaming(false);
    const { start, end } = caretOf(box.current, text);
    if (words !== '') setText(text.slice(0, start) + words + text.slice(end));
    focusAt(box.current, start + words.length);
  };
  return (
    <form
      className="note-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (maySave) save();
      }}
    >
      <div className="note-head">
        <p>{t('talk.note.title')}</p>
        <Button
          className="canned-open"
          size="compact-sm"
          variant="default"
          onClick={() => setNaming(!isNaming)}
          aria-expanded={isNaming}
          aria-keyshortcuts="@"
        >
          {t('talk.mention.open')}
        </Button>
      </div>
      {isNaming && (
        <Suspense fallback={<p className="canned-loading">{t('talk.mention.loading')}</p>}>
          <MentionList
            conversationId={conversationId}
            onChoose={({ id, displayName }) => {
              meant(id);
              const { start } = caretOf(box.current, text);
              insert(`${/\S$/.test(text.slice(0, start)) ? ' ' : ''}@${displayName} `);
            }}
            onLeave={insert}
          />
        </Suspense>
      )}
      <div className="composer-line">
        <Textarea
          id="note"
          ref={box}
          className="composer-text"
          aria-label={t('talk.note.label')}
          placeholder={t('talk.note.placeholder')}
          aria-describedby="note-help"
          aria-keyshortcuts="Alt+P"
          autosize
          minRows={2}
          maxRows={8}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            const press = readPress(event);
            if (opensBehindSpace('@', press, event.currentTarget)) {
              event.preventDefault();
              setNaming(true);
              return;
            }
            if (!shouldSend(press, sendKey)) return;
            event.preventDefault();
            if (maySave) save();
          }}
          autoComplete="off"
          spellCheck={false}
          error={over > 0 ? t('reply.over', { n: over }) : undefined}
        />
        <Button type="submit" className="note-save" disabled={!maySave} loading={isSaving}>
          {t('talk.note.save')}
        </Button>
      </div>
      {whisperTo !== null && (
        <Checkbox
          size="md"
          label={t('talk.note.whisper', { name: whisperTo.displayName })}
          checked={whispers}
          onChange={({ currentTarget }) => setWhispers(currentTarget.checked)}
        />
      )}
      <p className="composer-help" id="note-help">
        {t(sendKey === 'enter' ? 'talk.note.keyEnter' : 'talk.note.keyCtrlEnter')} ·{' '}
        {whispers && whisperTo !== null
          ? t('talk.note.whisperHelp', { name: whisperTo.displayName })
          : t('talk.note.help')}
      </p>
      {error !== null && (
        <p className="fate failed" role="alert">
          {errorText(error)}
        </p>
      )}
      <KeepNote conversationId={conversationId} kind="note" />
    </form>
  );
}

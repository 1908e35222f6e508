/** Where colleagues named me in a note: a count in the top line, the list behind it, and a word when a new one comes. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Mentions } from '../../../api/mentions-contract.ts';
import { useMentions, useMentionsSeen } from '../hooks/mentions.ts';
import { formatExact } from '../hooks/time.ts';
import { DropDown } from './drop-down.tsx';

type Mention = Mentions['mentions'][number];

export function MentionsMenu() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { data } = useMentions();
  useTold(data);
  useSeenWhereOneIs(data);
  const unread = data?.unread ?? 0;
  const goTo = (conversationId: string): void => {
    void navigate({ to: '/c/$conversationId', params: { conversationId } });
  };
  return (
    <DropDown
      kind="dialog"
      className="mentions"
      label={t('mentions.button', { n: unread })}
      title={t('mentions.title')}
      face={<span aria-hidden="true">@{unread > 0 && <b className="mentions-count">{unread}</b>}</span>}
      head={<p className="drop-head">{t('mentions.title')}</p>}
    >
      {(close) => (
        <>
          <ul className="mentions-list">
            {data?.mentions.map((one) => (
              <li key={one.noteId}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    goTo(one.conversationId);
                  }}
                >
                  {t('mentions.one', { name: one.by.displayName, code: one.code })}
                  <span className="small muted">
                    {formatExact(one.at, i18n.language)}
                    {!one.isSeen && <b> · {t('mentions.new')}</b>}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {data?.mentions.length === 0 && <p className="mentions-none">{t('mentions.none')}</p>}
        </>
      )}
    </DropDown>
  );
}

/** What was there when the page opened is in the count; what comes while it is open is said. */
function useTold(data: Mentions | undefined): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (data === undefined) return;
    const before = known.current;
    known.current = new Set(data.mentions.map(({ noteId }) => noteId));
    if (before === null) return;
    const say = ({ noteId, conversationId, by, code }: Mention): void => {
      notifications.show({
        id: noteId,
        autoClose: 12_000,
        closeButtonProps: { 'aria-label': t('app.close') },
        message: (
          <span className="toast-line">
            {t('mentions.one', { name: by.displayName, code })}
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                notifications.hide(noteId);
                void navigate({ to: '/c/$conversationId', params: { conversationId } });
              }}
            >
              {t('mentions.open')}
            </Button>
          </span>
        ),
      });
    };
    for (const one of data.mentions) if (!one.isSeen && !before.has(one.noteId)) say(one);
  }, [data, t, navigate]);
}

/** Whoever has the conversation open has seen it. */
function useSeenWhereOneIs(data: Mentions | undefined): void {
  const { conversationId } = useParams({ strict: false });
  const { mutate } = useMentionsSeen();
  const asked = useRef(new Set<string>());
  useEffect(() => {
    const noteIds = (data?.mentions ?? [])
      .filter((one) => !one.isSeen && one.conversationId === conversationId && !asked.current.has(one.noteId))
      .map(({ noteId }) => noteId);
    if (noteIds.length === 0) return;
    for (const id of noteIds) asked.current.add(id);
    mutate(noteIds);
  }, [data, conversationId, mutate]);
}

/** The desk: queue, conversation and context side by side; one at a time on a phone. */
import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Me, Queue } from '../../../api/contract.ts';
import { openTopic } from '../app/i18n.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useConversation, useMe, useMove, useQueue } from '../hooks/queries.ts';
import type { Move } from '../hooks/queries.ts';
import { type QueueTab, type QueueView, readDeskSearch, useQueueView } from '../hooks/queue-view.ts';
import { useKeptDrafts, useReplies } from '../hooks/replies.ts';
import { useHidden, useTitle } from '../hooks/title.ts';
import { Announcer } from '../parts/announcer.tsx';
import { ContextPane } from '../parts/context-pane.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { QueuePane } from '../parts/queue-pane.tsx';
import { useDeskKeys } from '../hooks/desk-keys.ts';

/** Comes with the first conversation somebody opens, or a little after the queue. */
const loadConversationPane = async () => {
  const [part] = await Promise.all([import('../parts/conversation-pane.tsx'), openTopic('talk')]);
  return { default: part.ConversationPane };
};
const ConversationPane = lazy(loadConversationPane);
const PRELOAD_AFTER_MS = 2_000;

/** Long enough to read and reach (WCAG asks 6 s or more). */
const TOAST_MS = 8_000;

export function DeskPage() {
  const { data: me } = useMe();
  if (me === undefined) return null;
  return me.permissions.includes('overview') ? <Desk me={me} /> : <NoDesk />;
}

function NoDesk() {
  const { t } = useTranslation();
  useTitle(t('app.name'));
  return (
    <div className="page">
      <h1>{t('noDesk.title')}</h1>
      <p>{t('noDesk.help')}</p>
      <p>
        <Link to="/phrases">{t('noDesk.phrases')}</Link>
      </p>
    </div>
  );
}

function Desk({ me }: { me: Me }) {
  const { t } = useTranslation();
  const { conversationId = null } = useParams({ strict: false });
  const navigate = useNavigate();
  const { data: queue } = useQueue(true);
  const conversation = useConversation(conversationId);
  const view = useQueueView();
  const [details, setDetails] = useState(false);
  const desk = useDeskMoves(queue, view);
  const fresh = useFreshCount(queue);
  useTitle(
    conversation.data !== undefined && conversationId !== null
      ? t('conversation.title', { code: conversation.data.code })
      : t('app.name'),
    fresh,
  );

  const step = (by: number): void => {
    // as they stand on the page, whatever the filter
    const rows = [...document.querySelectorAll('.queue .row')].flatMap(
      (row) => row.getAttribute('data-conversation') ?? [],
    );
    const at = rows.findIndex((id) => id === conversationId);
    const next = rows[at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (next !== undefined)
      void navigate({ to: '/c/$conversationId', params: { conversationId: next }, search: true });
  };
  useDeskKeys((action) => {
    if (action === 'next' && me.permissions.includes('desk')) desk.next();
    if (action === 'down') step(1);
    if (action === 'up') step(-1);
    if (action === 'close') desk.setClosing(true);
  });
  useKeptDrafts(me.permissions.includes('desk'));
  useEffect(() => {
    // the line may be gone by the time somebody is chosen
    const timer = setTimeout(() => void loadConversationPane().catch(() => undefined), PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  // a phone shows one pane: a new conversation starts with its messages
  useEffect(() => setDetails(false), [conversationId]);

  return (
    <div
      className="desk"
      data-view={conversationId === null ? 'queue' : details ? 'context' : 'conversation'}
    >
      {conversationId === null && <h1 className="sr-only">{t('app.name')}</h1>}
      {queue === undefined ? (
        <section className="pane queue">
          <p className="page-note">{t('app.loading')}</p>
        </section>
      ) : (
        <QueuePane
          queue={queue}
          selectedId={conversationId}
          view={view}
          onNext={me.permissions.includes('desk') ? desk.next : null}
          isTaking={desk.isMoving && desk.kind === 'next'}
        />
      )}
      {conversationId === null ? (
        <Nobody waiting={queue?.counts.waiting ?? 0} />
      ) : conversation.data !== undefined && !conversation.isError ? (
        <Chosen
          key={conversationId}
          conversation={conversation.data}
          me={me}
          desk={desk}
          details={details}
          onDetails={setDetails}
        />
      ) : (
        <Missing
          isLoading={conversation.isPending}
          queue={queue}
          conversationId={conversationId}
          me={me}
          desk={desk}
        />
      )}
      <Announcer queue={queue} />
    </div>
  );
}

interface ChosenProps {
  conversation: Conversation;
  me: Me;
  desk: DeskMoves;
  details: boolean;
  onDetails: (open: boolean) => void;
}

function Chosen({ conversation, me, desk, details, onDetails }: ChosenProps) {
  const { t } = useTranslation();
  const replies = useReplies(conversation.id);
  const [target, setTarget] = useState<{ seq: number; count: number } | null>(null);
  const { id, code } = conversation;
  const showMessage = (seq: number): void => {
    onDetails(false);
    setTarget((before) => ({ seq, count: (before?.count ?? 0) + 1 }));
  };
  return (
    <Suspense
      fallback={
        <section className="pane conversation nobody">
          <p className="page-note">{t('app.loading')}</p>
        </section>
      }
    >
      <ConversationPane
        conversation={conversation}
        me={me}
        replies={replies}
        target={target}
        closing={desk.closing}
        onClosing={desk.setClosing}
        onTake={(over) => desk.take(id, code, over)}
        onReturn={(entry) =>
          desk.leave(
            { kind: 'return', id, ...(entry === undefined ? {} : { entry }) },
            t('conversation.returned', { code }),
          )
        }
        onRelease={() => desk.leave({ kind: 'release', id }, t('conversation.released', { code }))}
        onClose={(end) => desk.leave({ kind: 'close', id, ...end }, t('conversation.closed', { code }))}
        onDetails={() => onDetails(!details)}
        isMoving={desk.isMoving}
      />
      <div
        className="context-frame"
        role="region"
        aria-label={t('conversation.details')}
        // longer than the screen at times: reachable by keyboard
        tabIndex={0}
      >
        {/* where only one pane fits, this is the page */}
        <div className="context-head">
          <Button variant="default" size="sm" onClick={() => onDetails(false)}>
            ← {t('conversation.log')}
          </Button>
          <h1>{code}</h1>
        </div>
        <ContextPane conversation={conversation} onReason={showMessage} />
      </div>
    </Suspense>
  );
}

function Nobody({ waiting }: { waiting: number }) {
  const { t } = useTranslation();
  return (
    <section className="pane conversation nobody">
      {waiting > 0 ? (
        <EmptyState title={t('conversation.pick')} help={t('conversation.pickHelp')}>
          <p>{t('conversation.pickWaiting', { n: waiting })}</p>
        </EmptyState>
      ) : (
        <EmptyState title={t('conversation.calm')} help={t('conversation.calmHelp')} />
      )}
    </section>
  );
}

interface MissingProps {
  isLoading: boolean;
  queue: Queue | undefined;
  conversationId: string;
  me: Me;
  desk: DeskMoves;
}

/** Taken by a colleague under our eyes, over, or never ours. */
function Missing({ isLoading, queue, conversationId }: MissingProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const name = queue?.others.find((item) => item.conversationId === conversationId)?.takenBy?.displayName;
  return (
    <section className="pane conversation nobody">
      {isLoading ? (
        <p className="page-note">{t('app.loading')}</p>
      ) : (
        <div role="status">
          <EmptyState
            title={name === undefined ? t('conversation.missing') : t('conversation.othersRead', { name })}
            help={name === undefined ? t('conversation.missingHelp') : t('conversation.othersNote', { name })}
          >
            <Button variant="default" onClick={() => void navigate({ to: '/', search: true })}>
              {t('conversation.back')}
            </Button>
          </EmptyState>
        </div>
      )}
    </section>
  );
}

interface DeskMoves {
  next: () => void;
  take: (id: string, code: string, over?: { from: string; reason: string }) => void;
  /** moves after which the conversation is no longer ours: back to the queue */
  leave: (move: Exclude<Move, { kind: 'next' } | { kind: 'take' }>, text: string) => void;
  isMoving: boolean;
  kind: Move['kind'] | null;
  closing: boolean;
  setClosing: (open: boolean) => void;
}

function useDeskMoves(queue: Queue | undefined, { filter }: QueueView): DeskMoves {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const errorText = useErrorText();
  const move = useMove();
  const [closing, setClosing] = useState(false);
  const toast = { autoClose: TOAST_MS, closeButtonProps: { 'aria-label': t('app.close') } };
  const fail = (error: unknown): void => {
    notifications.show({ color: 'red', message: errorText(error), ...toast, role: 'alert' });
  };
  /** to one of them, or to the queue; the filter stays */
  const go = (conversationId: string | null, tab: QueueTab): Promise<void> =>
    conversationId === null
      ? navigate({ to: '/', search: (now) => readDeskSearch({ ...now, tab }) })
      : navigate({
          ...{ to: '/c/$conversationId', params: { conversationId } },
          search: (now) => readDeskSearch({ ...now, tab }),
        });
  const celebrate = (id: string, code: string): void => {
    void go(id, 'mine').then(() => requestAnimationFrame(() => document.getElementById('reply')?.focus()));
    const shown = notifications.show({
      ...toast,
      message: (
        <span className="toast-line">
          {t('conversation.taken', { code })}
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              notifications.hide(shown);
              leave({ kind: 'release', id }, t('conversation.released', { code }));
            }}
          >
            {t('conversation.undo')}
          </Button>
        </span>
      ),
    });
  };
  const leave: DeskMoves['leave'] = (what, text) => {
    move.mutate(what, {
      onSuccess: () => {
        setClosing(false);
        void go(null, what.kind === 'release' ? 'waiting' : 'mine');
        notifications.show({ message: text, ...toast });
      },
      onError: fail,
    });
  };
  return {
    next: () => {
      if (move.isPending) return;
      move.mutate(
        { kind: 'next', filter },
        {
          onSuccess: (id) =>
            celebrate(id, queue?.waiting.find((item) => item.conversationId === id)?.code ?? ''),
          onError: fail,
        },
      );
    },
    take: (id, code, over) => {
      move.mutate(
        { kind: 'take', id, ...(over === undefined ? {} : { over }) },
        { onSuccess: () => celebrate(id, code), onError: fail },
      );
    },
    leave,
    isMoving: move.isPending,
    kind: move.isPending ? move.variables.kind : null,
    closing,
    setClosing,
  };
}

/** People who came while the tab was hidden. */
function useFreshCount(queue: Queue | undefined): number {
  const hidden = useHidden();
  const seen = useRef<ReadonlySet<string>>(new Set());
  const ids = queue?.waiting.map((item) => item.conversationId) ?? [];
  useEffect(() => {
    if (!hidden) seen.current = new Set(ids);
  });
  return hidden ? ids.filter((id) => !seen.current.has(id)).length : 0;
}

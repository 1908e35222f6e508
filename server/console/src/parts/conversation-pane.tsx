/** One conversation: whose it is, what was said, and what can be done now. */
import { Button, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Me } from '../../../api/contract.ts';
import type { Replies } from '../hooks/replies.ts';
import { usePresence } from '../hooks/presence.ts';
import type { Closing } from '../hooks/queries.ts';
import type { Others } from '../hooks/presence.ts';
import { formatExact } from '../hooks/time.ts';
import { withTopic } from '../app/topic-part.ts';
import { MessageLog } from './message-log.tsx';
import { RiskMark } from './risk.tsx';
import { NoteOnly, Writer } from './writer.tsx';
import './talk.css';

/** Comes with the first conversation somebody takes. */
const CloseDialog = lazy(() => import('./close-dialog.tsx').then((part) => ({ default: part.CloseDialog })));
/** Come with the first conversation that is handed to somebody or whose risk somebody sets. */
const HandlingBar = lazy(
  withTopic('handling', () => import('./handling-bar.tsx').then((part) => ({ default: part.HandlingBar }))),
);
const HandlingDialogs = lazy(
  withTopic('handling', () =>
    import('./handling-dialogs.tsx').then((part) => ({ default: part.HandlingDialogs })),
  ),
);
const ReasonDialog = lazy(
  withTopic('cases', () => import('./reason-dialog.tsx').then((part) => ({ default: part.ReasonDialog }))),
);
export type HandlingDialog = 'transfer' | 'return' | 'risk';

interface Props {
  conversation: Conversation;
  me: Me;
  replies: Replies;
  target: { seq: number; count: number } | null;
  closing: boolean;
  onClosing: (open: boolean) => void;
  /** from a colleague only with a reason */
  onTake: (over?: { from: string; reason: string }) => void;
  /** the bot goes on where it was, or at an entry of its own */
  onReturn: (entry?: string) => void;
  onRelease: () => void;
  onClose: (end: Closing) => void;
  onDetails: () => void;
  isMoving: boolean;
}

export function ConversationPane(props: Props) {
  const { conversation, me, replies, target, onDetails } = props;
  const { t } = useTranslation();
  const { handover, code } = conversation;
  const isMine = handover.state === 'taken' && handover.takenBy?.id === me.id;
  const { others, onTyping } = usePresence(conversation.id, me.permissions.includes('texts'));
  const { offer, count } = conversation.handling;
  const [dialog, setDialog] = useState<{ kind: HandlingDialog; opened: boolean } | null>(null);
  const open = (kind: HandlingDialog): void => setDialog({ kind, opened: true });
  const maySetRisk =
    !conversation.masked && me.permissions.includes('desk') && (isMine || handover.state === 'waiting');
  return (
    <section className="pane conversation" aria-labelledby="conversation-title">
      <header className="conversation-head">
        <Link to="/" search className="back" aria-label={t('conversation.back')}>
          ←
        </Link>
        <div className="conversation-name">
          <h1 id="conversation-title" tabIndex={-1}>
            <span className="sr-only">{t('conversation.title', { code })}</span>
            <span aria-hidden="true">{code}</span>
          </h1>
          <RiskMark risk={handover.risk} />
          {maySetRisk && (
            <button
              type="button"
              className="link risk-change"
              aria-label={t('conversation.changeRisk')}
              onClick={() => open('risk')}
            >
              ✎
            </button>
          )}
        </div>
        <div className="conversation-actions">
          <Button className="details-button" variant="default" size="sm" onClick={onDetails}>
            {t('conversation.details')}
          </Button>
          {isMine && <Moves {...props} onHandling={open} isLocked={offer !== null} />}
        </div>
        <PresenceLine others={others} />
      </header>
      {conversation.atPlatformSince !== null && (
        <AtPlatform {...props} since={conversation.atPlatformSince} />
      )}
      {(offer !== null || count > 0) && !conversation.masked && (
        <Suspense fallback={null}>
          <HandlingBar conversation={conversation} isMine={isMine} />
        </Suspense>
      )}
      <MessageLog
        conversation={conversation}
        myName={me.displayName}
        unsent={replies.unsent}
        mayReply={isMine && offer === null}
        onSendAgain={replies.send}
        onRetry={replies.retry}
        onDiscard={replies.discard}
        target={target}
      />
      {!isMine ? (
        <>
          <NotMine {...props} />
          {me.permissions.includes('desk') && (
            <NoteOnly
              conversationId={conversation.id}
              whisperTo={
                me.permissions.includes('supervise') && handover.state === 'taken' ? handover.takenBy : null
              }
            />
          )}
        </>
      ) : offer === null ? (
        <Writer conversation={conversation} myName={me.displayName} replies={replies} onTyping={onTyping} />
      ) : (
        <div className="take-bar">
          <p>{t('conversation.lockedByOffer')}</p>
        </div>
      )}
      {dialog !== null && (
        <Suspense fallback={null}>
          <HandlingDialogs
            kind={dialog.kind}
            opened={dialog.opened}
            conversation={conversation}
            onClose={() => setDialog({ ...dialog, opened: false })}
            onReturn={props.onReturn}
          />
        </Suspense>
      )}
      {isMine && (
        <Suspense fallback={null}>
          <CloseDialog
            conversation={conversation}
            opened={props.closing}
            onCancel={() => props.onClosing(false)}
            onClose={props.onClose}
          />
        </Suspense>
      )}
    </section>
  );
}

/** Who else is here; by name, and only while it is true. */
function PresenceLine({ others }: { others: Others }) {
  const { t } = useTranslation();
  return (
    <p className="presence" role="status">
      {others.map(({ user, state }) => t(`talk.${state}`, { name: user.displayName })).join(' · ')}
    </p>
  );
}

interface MovesProps extends Props {
  onHandling: (kind: HandlingDialog) => void;
  /** somebody is asked to take over: nothing moves until they answered */
  isLocked: boolean;
}

function Moves({ onReturn, onRelease, onClosing, onHandling, isMoving, isLocked }: MovesProps) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        className="wide-only"
        variant="default"
        size="sm"
        onClick={() => onReturn()}
        disabled={isMoving || isLocked}
      >
        {t('conversation.return')}
      </Button>
      <Button
        className="wide-only"
        variant="default"
        size="sm"
        onClick={() => onClosing(true)}
        disabled={isMoving || isLocked}
        aria-keyshortcuts="Alt+E"
      >
        {t('conversation.close')}
      </Button>
      <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="sm" aria-label={t('conversation.actions')} disabled={isLocked}>
            ⋯
          </Button>
        </Menu.Target>
        <Menu.Dropdown aria-label={t('conversation.actions')}>
          <Menu.Item onClick={() => onHandling('transfer')}>{t('conversation.transfer')}</Menu.Item>
          <Menu.Item onClick={() => onHandling('return')}>{t('conversation.returnAt')}</Menu.Item>
          <Menu.Item className="narrow-only" onClick={() => onReturn()}>
            {t('conversation.return')}
          </Menu.Item>
          <Menu.Item onClick={onRelease}>{t('conversation.release')}</Menu.Item>
          <Menu.Item className="narrow-only" onClick={() => onClosing(true)}>
            {t('conversation.close')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

/** Somebody answers at the platform's own inbox: the bot is mute, and whoever sees it may change that. */
function AtPlatform({ conversation, me, onReturn, isMoving, since }: Props & { since: string }) {
  const { t, i18n } = useTranslation();
  const channel = t(`channel.${conversation.channel}`);
  return (
    <div className="platform-bar" role="status">
      <p>
        <b>{t('conversation.atPlatform', { channel })}</b>{' '}
        {t('conversation.atPlatformHelp', { time: formatExact(since, i18n.language) })}
      </p>
      {me.permissions.includes('desk') && (
        <Button variant="default" size="sm" onClick={() => onReturn()} disabled={isMoving}>
          {t('conversation.return')}
        </Button>
      )}
    </div>
  );
}

function NotMine({ conversation, me, onTake, isMoving }: Props) {
  const { t } = useTranslation();
  const [takingOver, setTakingOver] = useState(false);
  const { handover } = conversation;
  const taker = handover.takenBy;
  // the bar above asks
  if (conversation.handling.offer?.isForMe === true) return null;
  if (conversation.masked) {
    return (
      <div className="take-bar">
        <p>{t('conversation.masked')}</p>
      </div>
    );
  }
  if (handover.state === 'waiting') {
    return (
      <div className="take-bar">
        <p>{t('conversation.waitingNote')}</p>
        <Button size="md" onClick={() => onTake()} loading={isMoving}>
          {t('conversation.take')}
        </Button>
      </div>
    );
  }
  if (handover.state === 'taken' && taker === null) {
    return (
      <div className="take-bar">
        <p>{t('conversation.atPlatformTake')}</p>
        <Button variant="default" onClick={() => onTake()} loading={isMoving}>
          {t('conversation.take')}
        </Button>
      </div>
    );
  }
  if (handover.state === 'taken' && taker !== null) {
    const { id: from, displayName: name } = taker;
    return (
      <div className="take-bar">
        <p>{t('conversation.othersRead', { name })}</p>
        {me.permissions.includes('supervise') && (
          <Button variant="default" onClick={() => setTakingOver(true)} loading={isMoving}>
            {t('conversation.takeOver', { name })}
          </Button>
        )}
        {takingOver && (
          <Suspense fallback={null}>
            <ReasonDialog
              title={t('conversation.takeOver', { name })}
              help={t('talk.takeOverHelp', { name })}
              onClose={() => setTakingOver(false)}
              onReason={(reason) => {
                setTakingOver(false);
                onTake({ from, reason });
              }}
            />
          </Suspense>
        )}
      </div>
    );
  }
  const outcome = t([`outcome.${handover.outcome ?? 'none'}`, 'outcome.none']);
  return (
    <div className="take-bar">
      <p>
        {handover.state === 'closed'
          ? t('conversation.endedClosed', { outcome })
          : t('conversation.endedReturned')}
      </p>
    </div>
  );
}

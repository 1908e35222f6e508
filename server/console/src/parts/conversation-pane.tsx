/** One conversation: whose it is, what was said, and what can be done now. */
import { Button, Menu } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Me, Outcome } from '../../../api/contract.ts';
import type { Replies } from '../hooks/replies.ts';
import { usePresence } from '../hooks/presence.ts';
import type { Others } from '../hooks/presence.ts';
import { formatExact } from '../hooks/time.ts';
import { MessageLog } from './message-log.tsx';
import { RiskMark } from './risk.tsx';
import { NoteOnly, Writer } from './writer.tsx';
import './talk.css';

/** Comes with the first conversation somebody takes. */
const CloseDialog = lazy(() => import('./close-dialog.tsx').then((part) => ({ default: part.CloseDialog })));

interface Props {
  conversation: Conversation;
  me: Me;
  replies: Replies;
  target: { seq: number; count: number } | null;
  closing: boolean;
  onClosing: (open: boolean) => void;
  onTake: (from?: string) => void;
  onReturn: () => void;
  onRelease: () => void;
  onClose: (outcome: Outcome) => void;
  onDetails: () => void;
  isMoving: boolean;
}

export function ConversationPane(props: Props) {
  const { conversation, me, replies, target, onDetails } = props;
  const { t } = useTranslation();
  const { handover, code } = conversation;
  const isMine = handover.state === 'taken' && handover.takenBy?.id === me.id;
  const { others, onTyping } = usePresence(conversation.id, me.permissions.includes('texts'));
  return (
    <section className="pane conversation" aria-labelledby="conversation-title">
      <header className="conversation-head">
        <Link to="/" className="back" aria-label={t('conversation.back')}>
          ←
        </Link>
        <div className="conversation-name">
          <h1 id="conversation-title" tabIndex={-1}>
            <span className="sr-only">{t('conversation.title', { code })}</span>
            <span aria-hidden="true">{code}</span>
          </h1>
          <RiskMark risk={handover.risk} />
        </div>
        <div className="conversation-actions">
          <Button className="details-button" variant="default" size="sm" onClick={onDetails}>
            {t('conversation.details')}
          </Button>
          {isMine && <Moves {...props} />}
        </div>
        <PresenceLine others={others} />
      </header>
      {conversation.atPlatformSince !== null && (
        <AtPlatform {...props} since={conversation.atPlatformSince} />
      )}
      <MessageLog
        conversation={conversation}
        myName={me.displayName}
        unsent={replies.unsent}
        mayReply={isMine}
        onSendAgain={replies.send}
        onRetry={replies.retry}
        onDiscard={replies.discard}
        target={target}
      />
      {isMine ? (
        <Writer conversation={conversation} myName={me.displayName} replies={replies} onTyping={onTyping} />
      ) : (
        <>
          <NotMine {...props} />
          {me.permissions.includes('desk') && <NoteOnly conversationId={conversation.id} />}
        </>
      )}
      {isMine && (
        <Suspense fallback={null}>
          <CloseDialog
            code={code}
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

function Moves({ onReturn, onRelease, onClosing, isMoving }: Props) {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button className="wide-only" variant="default" size="sm" onClick={onReturn} disabled={isMoving}>
        {t('conversation.return')}
      </Button>
      <Button
        className="wide-only"
        variant="default"
        size="sm"
        onClick={() => onClosing(true)}
        disabled={isMoving}
        aria-keyshortcuts="Alt+E"
      >
        {t('conversation.close')}
      </Button>
      <Menu opened={opened} onChange={setOpened} position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="sm" aria-label={t('conversation.actions')}>
            ⋯
          </Button>
        </Menu.Target>
        <Menu.Dropdown aria-label={t('conversation.actions')}>
          <Menu.Item className="narrow-only" onClick={onReturn}>
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
        <Button variant="default" size="sm" onClick={onReturn} disabled={isMoving}>
          {t('conversation.return')}
        </Button>
      )}
    </div>
  );
}

function NotMine({ conversation, me, onTake, isMoving }: Props) {
  const { t } = useTranslation();
  const { handover } = conversation;
  const taker = handover.takenBy;
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
    const maySupervise = me.permissions.includes('supervise');
    return (
      <div className="take-bar">
        <p>{t('conversation.othersRead', { name: taker.displayName })}</p>
        {maySupervise && (
          <Button variant="default" onClick={() => onTake(taker.id)} loading={isMoving}>
            {t('conversation.takeOver', { name: taker.displayName })}
          </Button>
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

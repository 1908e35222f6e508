/** One person in the queue: risk, waiting time, why, where from. Its words, in this order, are also its name for a screen reader. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { QueueItem } from '../../../api/contract.ts';
import type { QueuePresence } from '../../../api/queue-contract.ts';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';
import { formatTime } from '../hooks/time.ts';
import { AnswerClock } from './answer-clock.tsx';
import { RiskMark } from './risk.tsx';
import { WaitingTime } from './waiting-time.tsx';

interface Props {
  item: QueueItem;
  selected: boolean;
  /** no longer in this list; kept in its place while someone points at it */
  goneText: string | null;
  isMine: boolean;
  /** who else looks, in whichever conversation */
  present: QueuePresence['present'];
}

export function QueueRow({ item, selected, goneText, isMine, present }: Props) {
  const { t, i18n } = useTranslation();
  const { drafts } = useServices();
  const hasDraft = useStore(drafts).has(item.conversationId);
  const channel = t(`channel.${item.channel}`);
  // one that only somebody at the platform has waits for nobody
  const isWaiting = item.takenBy === null && item.cause !== 'platform';
  return (
    <Link
      to="/c/$conversationId"
      params={{ conversationId: item.conversationId }}
      search
      className="row"
      aria-current={selected ? 'true' : undefined}
      data-gone={goneText !== null}
      data-risk={item.risk}
      data-conversation={item.conversationId}
    >
      <span className="row-line">
        <RiskMark risk={item.risk} />
        {isWaiting ? (
          <WaitingTime since={item.waitingSince} />
        ) : (
          <span className="wait">{formatTime(item.takenAt ?? item.waitingSince, i18n.language)}</span>
        )}
      </span>
      {goneText === null && item.amberAt !== null && item.redAt !== null && (
        <AnswerClock since={item.waitingSince} amberAt={item.amberAt} redAt={item.redAt} />
      )}
      <span className="row-why">
        {item.reasons.length > 0
          ? item.reasons
              .slice(0, 2)
              .map((reason) => reason.text)
              .join(' · ')
          : t(`cause.${item.cause}`)}
        {item.reasons.length > 2 && ` +${String(item.reasons.length - 2)}`}
      </span>
      <span className="row-line row-meta">
        <span>
          <b className="code">{item.code}</b> · {channel} ·{' '}
          {t(`language.${item.language}`, { defaultValue: item.language })}
        </span>
        <span className="row-tags">
          {item.closesSoon && item.closesAt !== null && (
            <span className="tag tag-strong">
              {t('queue.closes', { time: formatTime(item.closesAt, i18n.language) })}
            </span>
          )}
          {item.atPlatform && <span className="tag">{t('queue.atPlatform', { channel })}</span>}
          {item.riskByHand && <span className="tag">{t('queue.byHand')}</span>}
          {item.offer !== null && <span className="tag tag-strong">{t('queue.offered')}</span>}
          {item.quiet && <span className="tag">{t('queue.quiet')}</span>}
          {hasDraft && <span className="tag">{t('queue.draft')}</span>}
          {isMine && item.awaitsReply && <span className="tag tag-strong">{t('queue.awaits')}</span>}
          {!isMine && item.takenBy !== null && goneText === null && (
            <span className="tag">{t('queue.withColleague', { name: item.takenBy.displayName })}</span>
          )}
          {present
            // that the one who answers looks at it says nothing new
            .filter(
              (one) =>
                one.conversationId === item.conversationId &&
                (one.isTyping || one.user.id !== item.takenBy?.id),
            )
            .map(({ user, isTyping }) => (
              <span key={user.id} className="tag">
                {t(isTyping ? 'queue.typing' : 'queue.looking', { name: user.displayName })}
              </span>
            ))}
        </span>
      </span>
      {goneText !== null && <span className="row-gone">{goneText}</span>}
    </Link>
  );
}

/** Why this person is in front, and what is known: nothing more than the work needs. */
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation } from '../../../api/contract.ts';
import { openTopic } from '../app/i18n.ts';
import { formatExact } from '../hooks/time.ts';
import { RiskMark } from './risk.tsx';

/** Comes after the first paint, with its texts. */
const CareSection = lazy(() =>
  Promise.all([import('./care-section.tsx'), openTopic('care')]).then(([part]) => ({
    default: part.CareSection,
  })),
);

interface Props {
  conversation: Conversation;
  onReason: (seq: number) => void;
}

export function ContextPane({ conversation, onReason }: Props) {
  const { t, i18n } = useTranslation();
  const { handover } = conversation;
  const exact = (iso: string): string => formatExact(iso, i18n.language);
  const facts: [string, string][] = [
    [t('context.since'), exact(handover.waitingSince)],
    [t('context.takenBy'), handover.takenBy?.displayName ?? t('context.nobody')],
    ...(handover.takenAt === null
      ? []
      : [[t('context.takenAt'), exact(handover.takenAt)] satisfies [string, string]]),
    ...(handover.state === 'closed'
      ? [
          [t('context.outcome'), t([`outcome.${handover.outcome ?? 'none'}`, 'outcome.none'])] satisfies [
            string,
            string,
          ],
        ]
      : []),
    [t('context.channel'), t(`channel.${conversation.channel}`)],
    [
      t('context.language'),
      t([`language.${conversation.language}`, 'unknown'], { defaultValue: conversation.language }),
    ],
    ...(conversation.alsoWrites.length === 0
      ? []
      : [
          [
            t('context.alsoWrites'),
            conversation.alsoWrites
              .map((code) => t([`language.${code}`, 'unknown'], { defaultValue: code }))
              .join(', '),
          ] satisfies [string, string],
        ]),
    ...(conversation.quiet ? [[t('context.quiet'), t('context.quietOn')] satisfies [string, string]] : []),
    [t('context.first'), exact(conversation.createdAt)],
    [t('context.handovers'), String(conversation.handovers)],
    ...(conversation.campaignRef === null
      ? []
      : [[t('context.campaign'), conversation.campaignRef] satisfies [string, string]]),
  ];
  return (
    <aside className="pane context" aria-labelledby="context-title">
      {!conversation.masked && (
        <Suspense fallback={null}>
          <CareSection conversation={conversation} />
        </Suspense>
      )}
      <h2 id="context-title">{t('context.title')}</h2>
      <RiskMark risk={handover.risk} large />
      <p className="cause">{t(`cause.${handover.cause}`)}</p>
      <h3>{t('context.reasons')}</h3>
      {handover.reasons.length === 0 ? (
        <p className="muted">{t(conversation.masked ? 'context.maskedReasons' : 'context.noReasons')}</p>
      ) : (
        <ul className="reasons">
          {handover.reasons.map((reason, index) => (
            <li key={index} data-risk={reason.level}>
              <span>{reason.text}</span>
              {reason.messageSeq !== null && (
                <button type="button" className="link" onClick={() => onReason(reason.messageSeq ?? 0)}>
                  {t('context.toMessage')}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      <h3>{t('context.about')}</h3>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">
        {t('context.timezone')}. {t('context.audited')}
      </p>
    </aside>
  );
}

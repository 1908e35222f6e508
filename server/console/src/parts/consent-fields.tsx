/** What is read out before anything is kept, and what the person chose. Nothing is ticked beforehand: silence is no consent. */
import { Checkbox, NativeSelect, Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Consent } from '../../../api/case-contract.ts';
import { useCaseOptions } from '../hooks/care.ts';

const LEVELS: readonly Consent['level'][] = ['anonymous', 'confidential', 'named'];
const SPOKEN: readonly Consent['channel'][] = [
  'web',
  'telegram',
  'messenger',
  'zalo',
  'line',
  'phone',
  'in_person',
];

export interface ConsentDraft {
  level: Consent['level'] | null;
  mayRefer: boolean;
  agreed: boolean;
  channel: Consent['channel'];
}

/** @param channel of the conversation; what is none of the ways to say it is a telephone call */
export function useConsentDraft(channel: string): [ConsentDraft, (change: Partial<ConsentDraft>) => void] {
  const [draft, setDraft] = useState<ConsentDraft>({
    ...{ level: null, mayRefer: false, agreed: false },
    channel: SPOKEN.find((one) => one === channel) ?? 'phone',
  });
  return [draft, (change) => setDraft((before) => ({ ...before, ...change }))];
}

/** @returns null until the person chose and said so */
export function readConsent(
  { level, mayRefer, agreed, channel }: ConsentDraft,
  language: string,
): Consent | null {
  if (!agreed || level === null) return null;
  return { level, channel, language, purposes: mayRefer ? ['support', 'referral'] : ['support'] };
}

export function ConsentFields({
  draft,
  onChange,
}: {
  draft: ConsentDraft;
  onChange: (change: Partial<ConsentDraft>) => void;
}) {
  const { t } = useTranslation();
  const { data: options } = useCaseOptions();
  return (
    <>
      <blockquote className="care-plan">
        <p>{t('care.consentText')}</p>
        <p className="small">{t('care.consentVersion', { version: options?.consentTextVersion ?? '' })}</p>
      </blockquote>
      <Radio.Group
        label={t('care.levelAsk')}
        value={draft.level}
        onChange={(value) => onChange({ level: LEVELS.find((one) => one === value) ?? null })}
      >
        <div className="outcomes">
          {LEVELS.map((one) => (
            <Radio key={one} value={one} label={t(`care.level.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      <Checkbox
        label={t('care.mayRefer')}
        checked={draft.mayRefer}
        onChange={({ currentTarget }) => onChange({ mayRefer: currentTarget.checked })}
      />
      <NativeSelect
        label={t('care.saidBy')}
        value={draft.channel}
        data={SPOKEN.map((one) => ({ value: one, label: t([`care.way.${one}`, `channel.${one}`]) }))}
        onChange={({ currentTarget }) =>
          onChange({ channel: SPOKEN.find((one) => one === currentTarget.value) ?? 'phone' })
        }
      />
      <Checkbox
        label={t('care.agreed')}
        checked={draft.agreed}
        onChange={({ currentTarget }) => onChange({ agreed: currentTarget.checked })}
      />
    </>
  );
}

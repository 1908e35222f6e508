/** What a counsellor and the person agree on: when, by which way, in which words. The most careful answers are chosen already. */
import { Alert, Button, Checkbox, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Plan, PlanTime } from '../../../api/safe-contact-contract.ts';
import '../care.css';
import { useConversationPost } from '../hooks/care.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { Dialog } from './dialog.tsx';

const DAYS = [1, 2, 3, 4, 5, 6, 7];
const WAYS: readonly Plan['ways'][number][] = ['web', 'telegram', 'messenger', 'zalo', 'line', 'phone'];
const HOME = 'Asia/Ho_Chi_Minh';
/** where people who write to us live by another clock */
const ZONES = [
  ...['Asia/Phnom_Penh', 'Asia/Vientiane', 'Asia/Bangkok', 'Asia/Yangon', 'Asia/Shanghai', 'Asia/Taipei'],
  ...['Asia/Manila', 'Asia/Kuala_Lumpur', 'Asia/Seoul', 'Asia/Tokyo', 'Asia/Dubai', 'Asia/Riyadh'],
  ...['Europe/London', 'Europe/Paris', 'Europe/Berlin', 'Europe/Moscow', 'Australia/Sydney'],
];
const MAX_TIMES = 14;

interface Props {
  conversationId: string;
  channel: string;
  plan: Plan | null;
  onClose: () => void;
}

export function PlanDialog({ conversationId, channel, plan, onClose }: Props) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const post = useConversationPost(conversationId);
  const [draft, setDraft] = useState<Plan>(plan ?? carefulFor(channel));
  const [reason, setReason] = useState('');
  const [removing, setRemoving] = useState(false);
  const set = (over: Partial<Plan>): void => setDraft((before) => ({ ...before, ...over }));
  const send = (path: string, body: object): void => post.mutate({ path, body }, { onSuccess: onClose });
  return (
    <Dialog opened onClose={onClose} title={t('care.plan')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          send('plan', { plan: draft });
        }}
      >
        <p className="muted">{t('care.planHelp')}</p>
        {post.error !== null && (
          <Alert color="red" role="alert">
            {errorText(post.error)}
          </Alert>
        )}
        <Choice
          label={t('care.othersReadAsk')}
          value={draft.othersRead}
          options={['no', 'maybe', 'yes']}
          text={(one) => t(`care.othersRead.${one}`)}
          onChange={(othersRead) =>
            set({ othersRead, ...(othersRead === 'no' ? {} : { wording: 'neutral' }) })
          }
        />
        <Choice
          label={t('care.wordingAsk')}
          value={draft.wording}
          options={['neutral', 'plain']}
          text={(one) => t(`care.wording.${one}`)}
          onChange={(wording) => set({ wording })}
        />
        <Choice
          label={t('care.firstAsk')}
          value={draft.mayWriteFirst ? 'yes' : 'no'}
          options={['no', 'yes']}
          text={(one) => t(one === 'yes' ? 'care.firstYes' : 'care.firstNo')}
          onChange={(one) => set({ mayWriteFirst: one === 'yes' })}
        />
        {draft.mayWriteFirst && (
          <Checkbox.Group
            label={t('care.waysAsk')}
            value={draft.ways}
            onChange={(chosen) => set({ ways: WAYS.filter((way) => chosen.includes(way)) })}
          >
            <div className="care-checks">
              {WAYS.map((way) => (
                <Checkbox key={way} value={way} label={t([`care.way.${way}`, `channel.${way}`])} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <Choice
          label={t('care.answersAsk')}
          value={draft.answers}
          options={['at_once', 'times']}
          text={(one) => t(`care.answers.${one}`)}
          onChange={(answers) => set({ answers })}
        />
        <Times
          times={draft.times}
          isNeeded={draft.mayWriteFirst || draft.answers === 'times'}
          onChange={(times) => set({ times })}
        />
        {draft.times.length > 0 && (
          <NativeSelect
            label={t('care.zone')}
            value={draft.zone}
            data={[
              { value: HOME, label: t('care.vietnamTime') },
              ...[...new Set([...ZONES, draft.zone])].filter((zone) => zone !== HOME),
            ]}
            onChange={({ currentTarget }) => set({ zone: currentTarget.value })}
          />
        )}
        <TextInput
          label={t('care.disguise')}
          description={t('care.disguiseHelp')}
          maxLength={60}
          autoComplete="off"
          value={draft.disguise}
          onChange={({ currentTarget }) => set({ disguise: currentTarget.value })}
        />
        <TextInput
          label={t('care.safeWord')}
          description={t('care.safeWordHelp')}
          maxLength={60}
          autoComplete="off"
          value={draft.safeWord}
          onChange={({ currentTarget }) => set({ safeWord: currentTarget.value })}
        />
        <Textarea
          label={t('care.note')}
          description={t('care.noteHelp')}
          maxLength={500}
          autoComplete="off"
          value={draft.note}
          onChange={({ currentTarget }) => set({ note: currentTarget.value })}
        />
        <div className="dialog-actions">
          {plan !== null && (
            <Button variant="default" onClick={() => setRemoving(true)}>
              {t('care.remove')}
            </Button>
          )}
          <Button type="submit" loading={post.isPending}>
            {t('care.save')}
          </Button>
        </div>
        {removing && (
          <>
            <Textarea
              label={t('care.removeWhy')}
              maxLength={300}
              autoComplete="off"
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <div className="dialog-actions">
              <Button
                color="red"
                disabled={reason.trim().length < 3}
                onClick={() => send('plan/remove', { reason })}
              >
                {t('care.removeDo')}
              </Button>
            </div>
          </>
        )}
      </form>
    </Dialog>
  );
}

function carefulFor(channel: string): Plan {
  return {
    ...{ mayWriteFirst: false, times: [], zone: HOME, answers: 'at_once', wording: 'neutral' },
    ...{ disguise: '', safeWord: '', othersRead: 'maybe', note: '' },
    ways: WAYS.filter((way) => way === channel),
  };
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly T[];
  text: (one: T) => string;
  onChange: (one: T) => void;
}

function Choice<T extends string>({ label, value, options, text, onChange }: ChoiceProps<T>) {
  return (
    <Radio.Group
      label={label}
      value={value}
      onChange={(chosen) => {
        const found = options.find((one) => one === chosen);
        if (found !== undefined) onChange(found);
      }}
    >
      <div className="outcomes">
        {options.map((one) => (
          <Radio key={one} value={one} label={text(one)} />
        ))}
      </div>
    </Radio.Group>
  );
}

function Times({
  times,
  isNeeded,
  onChange,
}: {
  times: readonly PlanTime[];
  isNeeded: boolean;
  onChange: (times: PlanTime[]) => void;
}) {
  const { t } = useTranslation();
  const put = (at: number, over: Partial<PlanTime>): void =>
    onChange(times.map((time, index) => (index === at ? { ...time, ...over } : time)));
  if (!isNeeded && times.length === 0) return null;
  return (
    <fieldset className="form">
      <legend>{t('care.times')}</legend>
      {times.length === 0 && <p className="muted">{t('care.anyTime')}</p>}
      {times.map(({ days, from, to }, index) => (
        <div
          className="plan-time"
          key={index}
          role="group"
          aria-label={t('care.timeNumber', { n: index + 1 })}
        >
          <div className="plan-days">
            {DAYS.map((day) => (
              <Checkbox
                key={day}
                label={t(`care.day.${String(day)}`)}
                checked={days.includes(day)}
                onChange={({ currentTarget }) =>
                  put(index, {
                    days: DAYS.filter((one) => (one === day ? currentTarget.checked : days.includes(one))),
                  })
                }
              />
            ))}
          </div>
          <div className="plan-hours">
            <TextInput
              type="time"
              label={t('care.from')}
              value={from}
              onChange={({ currentTarget }) => put(index, { from: currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('care.to')}
              value={to}
              onChange={({ currentTarget }) => put(index, { to: currentTarget.value })}
            />
            <Button
              variant="default"
              onClick={() => onChange(times.filter((_time, at) => at !== index))}
              aria-label={t('care.dropTime', { n: index + 1 })}
            >
              {t('care.drop')}
            </Button>
          </div>
        </div>
      ))}
      {times.length < MAX_TIMES && (
        <div>
          <Button
            variant="default"
            size="sm"
            onClick={() => onChange([...times, { days: [1, 2, 3, 4, 5], from: '08:00', to: '11:00' }])}
          >
            {t('care.addTime')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

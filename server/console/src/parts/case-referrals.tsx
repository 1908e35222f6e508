/** Whom the person was sent to, how much is told there, and whether they arrived. */
import { Button, Checkbox, NativeSelect, Radio, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CaseOptions, Referral } from '../../../api/case-contract.ts';
import { useCaseOptions } from '../hooks/care.ts';
import type { CasePartProps } from '../pages/case-page.tsx';
import { Dialog } from './dialog.tsx';

const STATES: readonly Referral['state'][] = [
  'planned',
  'told',
  'accepted',
  'refused',
  'arrived',
  'not_arrived',
];
const SHARING: readonly Referral['sharing'][] = ['nothing', 'anonymous', 'named'];

export function CaseReferrals(props: CasePartProps) {
  const { one, send, isSending } = props;
  const { t } = useTranslation();
  const { data: options } = useCaseOptions();
  const [opened, setOpened] = useState(false);
  const nameOf = (id: string): string => options?.services.find((service) => service.id === id)?.name ?? id;
  const placeOf = (id: string | null): string =>
    id === null ? '' : (options?.provinces.find((province) => province.id === id)?.name ?? id);
  return (
    <section aria-labelledby="case-referrals">
      <h2 id="case-referrals">{t('cases.referrals')}</h2>
      <ul className="cards case-list">
        {one.referrals.map(({ id, service, province, sharing, state, note, basis, supervisor }) => (
          <li key={id}>
            <p>
              <b>{nameOf(service)}</b> {placeOf(province)} · {t(`cases.sharing.${sharing}`)}
              {basis === 'danger' && <> · {t('cases.byDanger', { name: supervisor ?? '' })}</>}
            </p>
            {note !== '' && <p className="care-text">{note}</p>}
            <NativeSelect
              label={t('cases.referralState', { service: nameOf(service) })}
              value={state}
              disabled={one.state === 'closed' || isSending}
              data={STATES.map((value) => ({ value, label: t(`cases.referralStates.${value}`) }))}
              onChange={({ currentTarget }) =>
                send({ path: `referrals/${id}`, body: { state: currentTarget.value } })
              }
            />
          </li>
        ))}
      </ul>
      {one.state === 'open' && (
        <Button variant="default" onClick={() => setOpened(true)}>
          {t('cases.refer')}
        </Button>
      )}
      {opened && options !== undefined && (
        <ReferDialog {...props} options={options} onClose={() => setOpened(false)} />
      )}
    </section>
  );
}

function ReferDialog({
  one,
  send,
  isSending,
  options,
  onClose,
}: CasePartProps & { options: CaseOptions; onClose: () => void }) {
  const { t } = useTranslation();
  const [service, setService] = useState('');
  const [province, setProvince] = useState(one.fields.province ?? '');
  const [sharing, setSharing] = useState<Referral['sharing'] | null>(null);
  const [note, setNote] = useState('');
  const [days, setDays] = useState('7');
  const [isDanger, setDanger] = useState(false);
  const [reason, setReason] = useState('');
  const [supervisorId, setSupervisor] = useState('');
  const chosen = options.services.find(({ id }) => id === service);
  const askAfterDays = Number(days);
  const isReady =
    chosen !== undefined &&
    sharing !== null &&
    (!isDanger || (reason.trim().length >= 3 && supervisorId !== '')) &&
    Number.isInteger(askAfterDays) &&
    askAfterDays >= 1 &&
    askAfterDays <= 90;
  const refer = (): void => {
    const danger = isDanger ? { reason, supervisorId } : null;
    const place = province === '' ? null : province;
    send(
      { path: 'referrals', body: { service, province: place, sharing, note, askAfterDays, danger } },
      onClose,
    );
  };
  return (
    <Dialog opened onClose={onClose} title={t('cases.refer')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) refer();
        }}
      >
        <NativeSelect
          label={t('cases.service')}
          value={service}
          data={[
            { value: '', label: t('cases.choose') },
            ...options.services.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => setService(currentTarget.value)}
        />
        {chosen !== undefined && (
          <div className="care-plan">
            <p>{chosen.does}</p>
            <p className="small" lang="en">
              {chosen.who}
            </p>
            {!chosen.isConfirmed && <p className="overdue">{t('cases.unconfirmed')}</p>}
          </div>
        )}
        <NativeSelect
          label={t('cases.province')}
          value={province}
          data={[
            { value: '', label: t('cases.choose') },
            ...options.provinces.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={({ currentTarget }) => setProvince(currentTarget.value)}
        />
        <Radio.Group
          label={t('cases.sharingAsk')}
          value={sharing}
          onChange={(value) => setSharing(SHARING.find((one) => one === value) ?? null)}
        >
          <div className="outcomes">
            {SHARING.map((value) => (
              <Radio key={value} value={value} label={t(`cases.sharing.${value}`)} />
            ))}
          </div>
        </Radio.Group>
        <Textarea
          label={t('cases.referralNote')}
          maxLength={500}
          autoComplete="off"
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
        />
        <TextInput
          label={t('cases.askAfter')}
          inputMode="numeric"
          value={days}
          onChange={({ currentTarget }) => setDays(currentTarget.value)}
        />
        <Checkbox
          label={t('cases.withoutConsent')}
          checked={isDanger}
          onChange={({ currentTarget }) => setDanger(currentTarget.checked)}
        />
        {isDanger && (
          <>
            <Textarea
              label={t('cases.reason')}
              maxLength={300}
              autoComplete="off"
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
            />
            <NativeSelect
              label={t('cases.supervisor')}
              value={supervisorId}
              data={[
                { value: '', label: t('cases.choose') },
                ...options.supervisors.map(({ id, displayName }) => ({ value: id, label: displayName })),
              ]}
              onChange={({ currentTarget }) => setSupervisor(currentTarget.value)}
            />
          </>
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            {t('outcome.cancel')}
          </Button>
          <Button type="submit" disabled={!isReady} loading={isSending}>
            {t('cases.referDo')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

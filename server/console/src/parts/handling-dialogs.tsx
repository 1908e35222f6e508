/** Handing a conversation on: to a colleague, to the bot at a chosen place; and setting its risk by hand. */
import { Button, NativeSelect, Radio, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Conversation, Risk } from '../../../api/contract.ts';
import type { TransferInput } from '../../../api/queue-contract.ts';
import { callApi } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { useDeskChanged, useMyDesk } from '../hooks/my-desk.ts';
import { useToasts } from '../hooks/toast.ts';
import { RISKS } from '../hooks/queue-view.ts';
import { Dialog } from './dialog.tsx';
import './handling.css';

const MAX_NOTE = 2000;
/** as the server asks for */
const MIN_NOTE = 3;

interface Props {
  kind: 'transfer' | 'return' | 'risk';
  opened: boolean;
  conversation: Conversation;
  onClose: () => void;
  onReturn: (entry?: string) => void;
}

export function HandlingDialogs({ kind, opened, conversation, onClose, onReturn }: Props) {
  const { t } = useTranslation();
  const form = { conversation, onClose };
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={t(`handling.${kind}.title`, { code: conversation.code })}
    >
      {kind === 'transfer' && <TransferForm {...form} />}
      {kind === 'return' && <ReturnForm {...form} onReturn={onReturn} />}
      {kind === 'risk' && <RiskForm {...form} />}
    </Dialog>
  );
}

type FormProps = Pick<Props, 'conversation' | 'onClose'>;

function TransferForm({ conversation, onClose }: FormProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const { data } = useMyDesk(true);
  const [kind, setKind] = useState<TransferInput['to']['kind']>('person');
  const [userId, setUserId] = useState('');
  const [language, setLanguage] = useState('');
  const [note, setNote] = useState('');
  const there = data?.colleagues.filter(({ isThere }) => isThere) ?? [];
  const languages = [...new Set(there.flatMap((one) => one.languages))].sort();
  const person = userId === '' ? (there[0]?.id ?? '') : userId;
  const spoken = language === '' ? (languages[0] ?? '') : language;
  const to: TransferInput['to'] =
    kind === 'person'
      ? { kind, userId: person }
      : kind === 'language'
        ? { kind, language: spoken }
        : { kind: 'supervisors' };
  const isChosen = kind === 'person' ? person !== '' : kind === 'language' ? spoken !== '' : true;
  const offer = useMutation({
    mutationFn: () => callApi('POST', `/conversations/${conversation.id}/transfer`, { to, note }),
    onSuccess: async () => {
      tell(t('handling.transfer.offered'));
      onClose();
      await changed(conversation.id);
    },
    // who was there a moment ago may have left
    onError: () => void changed(),
  });
  return (
    <form
      className="handling-form"
      onSubmit={(event) => {
        event.preventDefault();
        offer.mutate();
      }}
    >
      <Radio.Group
        label={t('handling.transfer.to')}
        value={kind}
        onChange={(value) =>
          setKind((['person', 'language', 'supervisors'] as const).find((one) => one === value) ?? 'person')
        }
      >
        <div className="options">
          {(['person', 'language', 'supervisors'] as const).map((one) => (
            <Radio key={one} value={one} label={t(`handling.transfer.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      {kind === 'person' &&
        (there.length === 0 ? (
          <p role="status">{t('handling.transfer.noColleague')}</p>
        ) : (
          <NativeSelect
            label={t('handling.transfer.who')}
            value={person}
            onChange={(event) => setUserId(event.currentTarget.value)}
            data={there.map(({ id, displayName, load }) => ({
              value: id,
              label: t('handling.transfer.option', { name: displayName, n: load }),
            }))}
          />
        ))}
      {kind === 'language' &&
        (languages.length === 0 ? (
          <p role="status">{t('handling.transfer.noLanguage')}</p>
        ) : (
          <NativeSelect
            label={t('handling.transfer.which')}
            value={spoken}
            onChange={(event) => setLanguage(event.currentTarget.value)}
            data={languages.map((code) => ({
              value: code,
              label: t([`language.${code}`, 'unknown'], { defaultValue: code }),
            }))}
          />
        ))}
      <Textarea
        label={t('handling.transfer.note')}
        description={t('handling.transfer.noteHelp')}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        rows={4}
        maxLength={MAX_NOTE}
        required
      />
      <p className="muted small">{t('handling.transfer.stays')}</p>
      <Problem text={offer.isError ? errorText(offer.error) : null} />
      <Actions
        onClose={onClose}
        submit={t('handling.transfer.submit')}
        isPending={offer.isPending}
        isReady={isChosen && note.trim().length >= MIN_NOTE}
      />
    </form>
  );
}

function ReturnForm({ conversation, onClose, onReturn }: FormProps & Pick<Props, 'onReturn'>) {
  const { t } = useTranslation();
  const { data } = useMyDesk(true);
  const [entry, setEntry] = useState('');
  const entries = conversation.quiet ? [] : (data?.entries ?? []);
  return (
    <form
      className="handling-form"
      onSubmit={(event) => {
        event.preventDefault();
        onClose();
        onReturn(entry === '' ? undefined : entry);
      }}
    >
      <Radio.Group
        label={t('handling.return.where')}
        description={conversation.quiet ? t('handling.return.quiet') : null}
        value={entry}
        onChange={setEntry}
      >
        <div className="options">
          <Radio value="" label={t('handling.return.here')} />
          {entries.map(({ id, title }) => (
            <Radio key={id} value={id} label={title} />
          ))}
        </div>
      </Radio.Group>
      <Actions onClose={onClose} submit={t('handling.return.submit')} isPending={false} isReady />
    </form>
  );
}

function RiskForm({ conversation, onClose }: FormProps) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const changed = useDeskChanged();
  const { tell } = useToasts();
  const [risk, setRisk] = useState<Risk>(conversation.handover.risk);
  const [reason, setReason] = useState('');
  const set = useMutation({
    mutationFn: () => callApi('POST', `/conversations/${conversation.id}/risk`, { risk, reason }),
    onSuccess: async () => {
      tell(t('handling.risk.done'));
      onClose();
      await changed(conversation.id);
    },
  });
  return (
    <form
      className="handling-form"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate();
      }}
    >
      <Radio.Group
        label={t('handling.risk.level')}
        value={risk}
        onChange={(value) => setRisk(RISKS.find((one) => one === value) ?? risk)}
      >
        <div className="options">
          {RISKS.map((one) => (
            <Radio key={one} value={one} label={t(`risk.${one}`)} />
          ))}
        </div>
      </Radio.Group>
      <Textarea
        label={t('handling.risk.reason')}
        description={t('handling.risk.reasonHelp')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        rows={3}
        maxLength={MAX_NOTE}
        required
      />
      <Problem text={set.isError ? errorText(set.error) : null} />
      <Actions
        onClose={onClose}
        submit={t('handling.risk.submit')}
        isPending={set.isPending}
        isReady={risk !== conversation.handover.risk && reason.trim().length >= MIN_NOTE}
      />
    </form>
  );
}

function Problem({ text }: { text: string | null }) {
  return <div role="alert">{text !== null && <p className="offer-error">{text}</p>}</div>;
}

interface ActionsProps {
  onClose: () => void;
  submit: string;
  isPending: boolean;
  isReady: boolean;
}

function Actions({ onClose, submit, isPending, isReady }: ActionsProps) {
  const { t } = useTranslation();
  return (
    <div className="dialog-actions">
      <Button variant="default" onClick={onClose}>
        {t('handling.cancel')}
      </Button>
      <Button type="submit" loading={isPending} disabled={!isReady}>
        {submit}
      </Button>
    </div>
  );
}

/** Changing a colleague's role, and taking a lost second factor away: each with what follows from it. */
import { Button, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role, User } from '../../../api/contract.ts';
import { Dialog } from './dialog.tsx';
import { RoleChoice } from './role-choice.tsx';

const MIN_REASON = 3;
const MAX_REASON = 300;

interface RoleProps {
  user: User;
  isPending: boolean;
  onCancel: () => void;
  onChoose: (body: { role: Role; reason?: string }) => void;
}

export function RoleDialog({ user, isPending, onCancel, onChoose }: RoleProps) {
  const { t } = useTranslation();
  const [role, setRole] = useState<Role>(user.role);
  const [reason, setReason] = useState('');
  const needsReason = role === 'admin';
  const isReady = role !== user.role && (!needsReason || reason.trim().length >= MIN_REASON);
  return (
    <Dialog opened onClose={onCancel} title={t('team.roleOf', { name: user.displayName })}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onChoose(needsReason ? { role, reason } : { role });
        }}
      >
        <RoleChoice label={t('team.role')} value={role} onChange={setRole} />
        <p className="muted small">{t('team.roleHelp')}</p>
        {needsReason && <Reason help={t('team.adminHelp')} value={reason} onChange={setReason} />}
        <Actions label={t('team.roleDo')} isReady={isReady} isPending={isPending} onCancel={onCancel} />
      </form>
    </Dialog>
  );
}

interface ResetProps {
  user: User;
  isPending: boolean;
  onCancel: () => void;
  onReset: (reason: string) => void;
}

export function ResetDialog({ user, isPending, onCancel, onReset }: ResetProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const isReady = reason.trim().length >= MIN_REASON;
  return (
    <Dialog opened onClose={onCancel} title={t('team.resetOf', { name: user.displayName })}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) onReset(reason);
        }}
      >
        <p>{t('team.resetHelp')}</p>
        <Reason help={t('team.reasonHelp')} value={reason} onChange={setReason} />
        <Actions label={t('team.resetDo')} isReady={isReady} isPending={isPending} onCancel={onCancel} />
      </form>
    </Dialog>
  );
}

function Reason({
  help,
  value,
  onChange,
}: {
  help: string;
  value: string;
  onChange: (text: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Textarea
      label={t('team.reason')}
      description={help}
      maxLength={MAX_REASON}
      required
      withAsterisk={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface ActionsProps {
  label: string;
  isReady: boolean;
  isPending: boolean;
  onCancel: () => void;
}

function Actions({ label, isReady, isPending, onCancel }: ActionsProps) {
  const { t } = useTranslation();
  return (
    <div className="dialog-actions">
      <Button variant="default" onClick={onCancel}>
        {t('outcome.cancel')}
      </Button>
      <Button type="submit" disabled={!isReady} loading={isPending}>
        {label}
      </Button>
    </div>
  );
}

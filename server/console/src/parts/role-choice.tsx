/** One of the roles, each with what it is for. */
import { Radio } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../../api/contract.ts';

const ROLES: readonly Role[] = [
  ...(['counsellor', 'supervisor', 'editor', 'reviewer', 'officer', 'auditor', 'admin'] as const),
];

interface Props {
  label: string;
  value: Role;
  onChange: (role: Role) => void;
}

export function RoleChoice({ label, value, onChange }: Props) {
  const { t } = useTranslation();
  return (
    <Radio.Group
      label={label}
      value={value}
      onChange={(chosen) => onChange(ROLES.find((one) => one === chosen) ?? value)}
    >
      <div className="outcomes">
        {ROLES.map((one) => (
          <Radio key={one} value={one} label={t(`role.${one}`)} description={t(`roleHelp.${one}`)} />
        ))}
      </div>
    </Radio.Group>
  );
}

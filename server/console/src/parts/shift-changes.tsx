/** Days that are otherwise than the week: somebody or everybody is off, or there is a shift more. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shifts, ShiftChangeView } from '../../../api/shifts-contract.ts';
import type { ShiftMove, useShiftMove } from '../hooks/shift.ts';
import { formatDay } from '../hooks/time.ts';
import { Dialog } from './dialog.tsx';
import { HoursFields } from './shift-hours.tsx';

interface Props {
  data: Shifts;
  mayEdit: boolean;
  move: ReturnType<typeof useShiftMove>;
}

export function ShiftChanges({ data, mayEdit, move }: Props) {
  const { t, i18n } = useTranslation();
  const [opened, setOpened] = useState<'off' | 'extra' | null>(null);
  const nameOf = (id: string | null): string =>
    data.people.find((one) => one.id === id)?.displayName ?? t('shift.everybody');
  const describe = ({ kind, userId, day, starts, ends }: ShiftChangeView): string =>
    t(`shift.change.${kind}`, {
      ...{ name: nameOf(userId), starts: starts ?? '', ends: ends ?? '' },
      day: formatDay(`${day}T05:00:00Z`, i18n.language),
    });
  return (
    <section aria-labelledby="changes">
      <h2 id="changes">{t('shift.changes')}</h2>
      {data.changes.length === 0 && <p className="muted">{t('shift.noChanges')}</p>}
      <ul className="cards">
        {data.changes.map((one) => (
          <li key={one.id}>
            <span>{describe(one)}</span>
            {mayEdit && (
              <Button
                variant="default"
                size="sm"
                aria-label={`${t('shift.takeBack')}: ${describe(one)}`}
                onClick={() => move.mutate({ kind: 'takeBack', id: one.id })}
              >
                {t('shift.takeBack')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {mayEdit && (
        <div className="pair">
          <Button variant="default" onClick={() => setOpened('off')}>
            {t('shift.addOff')}
          </Button>
          <Button variant="default" onClick={() => setOpened('extra')}>
            {t('shift.addExtra')}
          </Button>
        </div>
      )}
      {opened !== null && (
        <ChangeDialog
          kind={opened}
          data={data}
          isPending={move.isPending}
          onClose={() => setOpened(null)}
          onMove={(what) => move.mutate(what, { onSuccess: () => setOpened(null) })}
        />
      )}
    </section>
  );
}

interface DialogProps {
  kind: 'off' | 'extra';
  data: Shifts;
  isPending: boolean;
  onClose: () => void;
  onMove: (move: ShiftMove) => void;
}

const EVERYBODY = '';

function ChangeDialog({ kind, data, isPending, onClose, onMove }: DialogProps) {
  const { t } = useTranslation();
  const [userId, setUserId] = useState(kind === 'off' ? EVERYBODY : (data.people[0]?.id ?? EVERYBODY));
  const [day, setDay] = useState(data.today);
  const [hours, setHours] = useState({ starts: '08:00', ends: '16:00', languages: new Array<string>() });
  return (
    <Dialog opened onClose={onClose} title={t(kind === 'off' ? 'shift.addOff' : 'shift.addExtra')}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (day === '') return;
          if (kind === 'off') onMove({ kind, day, userId: userId === EVERYBODY ? null : userId });
          else onMove({ kind, day, userId, ...hours });
        }}
      >
        <NativeSelect
          label={t('shift.who')}
          value={userId}
          data={[
            ...(kind === 'off' ? [{ value: EVERYBODY, label: t('shift.everybody') }] : []),
            ...data.people.map(({ id, displayName }) => ({ value: id, label: displayName })),
          ]}
          onChange={(event) => setUserId(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('shift.day')}
          required
          min={data.today}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
        {kind === 'extra' && <HoursFields hours={hours} onChange={setHours} />}
        <div className="dialog-actions">
          <Button type="submit" loading={isPending}>
            {t('shift.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

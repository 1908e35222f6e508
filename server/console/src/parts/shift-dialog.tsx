/** One shift: on which days of the week, from when to when, what is spoken, and how long it goes on. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WeeklyShiftView } from '../../../api/shifts-contract.ts';
import type { ShiftMove } from '../hooks/shift.ts';
import { Dialog } from './dialog.tsx';
import { HoursFields } from './shift-hours.tsx';

interface Person {
  id: string;
  displayName: string;
}
export type Editing =
  | { kind: 'plan'; person: Person; weekday: number }
  | { kind: 'change'; person: Person; shift: WeeklyShiftView };

interface Props {
  editing: Editing;
  today: string;
  isPending: boolean;
  onClose: () => void;
  onMove: (move: ShiftMove) => void;
}

const WEEKDAYS = ['1', '2', '3', '4', '5', '6', '7'];

export function ShiftDialog({ editing, today, isPending, onClose, onMove }: Props) {
  const { t } = useTranslation();
  const old = editing.kind === 'change' ? editing.shift : null;
  const [weekdays, setWeekdays] = useState(editing.kind === 'plan' ? [String(editing.weekday)] : []);
  const [hours, setHours] = useState({
    ...{ starts: old?.starts ?? '08:00', ends: old?.ends ?? '16:00', languages: old?.languages ?? [] },
  });
  const [firstDay, setFirstDay] = useState(old?.firstDay ?? today);
  const [lastDay, setLastDay] = useState(old?.lastDay ?? '');
  const term = { firstDay, lastDay: lastDay === '' ? null : lastDay };
  const isReady =
    (editing.kind === 'change' || weekdays.length > 0) && hours.starts !== '' && hours.ends !== '';
  const { displayName: name, id: userId } = editing.person;
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t(old === null ? 'shift.addTitle' : 'shift.changeTitle', { name })}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isReady) return;
          if (editing.kind === 'change') onMove({ kind: 'change', id: editing.shift.id, ...hours, ...term });
          else onMove({ kind: 'plan', userId, weekdays: weekdays.map(Number), ...hours, ...term });
        }}
      >
        {editing.kind === 'plan' && (
          <Checkbox.Group label={t('shift.weekdays')} value={weekdays} onChange={setWeekdays}>
            <div className="weekdays">
              {WEEKDAYS.map((one) => (
                <Checkbox key={one} value={one} label={t(`shift.weekday.${one}`)} />
              ))}
            </div>
          </Checkbox.Group>
        )}
        <HoursFields hours={hours} onChange={setHours} />
        <div className="pair">
          <TextInput
            type="date"
            label={t('shift.firstDay')}
            required
            value={firstDay}
            onChange={(event) => setFirstDay(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('shift.lastDay')}
            min={firstDay}
            value={lastDay}
            onChange={(event) => setLastDay(event.currentTarget.value)}
          />
        </div>
        <p className="muted small">{t('shift.termHelp')}</p>
        <div className="dialog-actions">
          {editing.kind === 'change' && (
            <Button
              variant="default"
              color="red"
              disabled={isPending}
              onClick={() => onMove({ kind: 'remove', id: editing.shift.id })}
            >
              {t('shift.remove')}
            </Button>
          )}
          <Button type="submit" disabled={!isReady} loading={isPending}>
            {t('shift.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

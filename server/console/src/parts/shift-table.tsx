/** The week as a table: a row for each colleague, a column for each day. Each shift and each "add" is a button; arrows move. */
import { Button } from '@mantine/core';
import { useRef, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Shifts, WeeklyShiftView } from '../../../api/shifts-contract.ts';
import type { useShiftMove } from '../hooks/shift.ts';
import { ShiftDialog, type Editing } from './shift-dialog.tsx';

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

interface Props {
  data: Shifts;
  mayEdit: boolean;
  move: ReturnType<typeof useShiftMove>;
}

export function ShiftTable({ data, mayEdit, move }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<Editing | null>(null);
  const table = useRef<HTMLTableElement>(null);
  const rows = mayEdit
    ? data.people
    : data.people.filter(({ id }) => data.weekly.some((one) => one.userId === id));
  return (
    <section aria-labelledby="week">
      <h2 id="week">{t('shift.week')}</h2>
      <p className="muted small">{t(mayEdit ? 'shift.weekHelp' : 'shift.weekRead')}</p>
      <div className="table-frame" role="group" aria-labelledby="week" tabIndex={0}>
        <table className="week" ref={table} onKeyDown={(event) => moveByArrow(event, table.current)}>
          <thead>
            <tr>
              <th scope="col">{t('shift.person')}</th>
              {WEEKDAYS.map((weekday) => (
                <th key={weekday} scope="col">
                  {t(`shift.weekday.${String(weekday)}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((person) => (
              <tr key={person.id}>
                <th scope="row">{person.displayName}</th>
                {WEEKDAYS.map((weekday) => (
                  <td key={weekday}>
                    {data.weekly
                      .filter((one) => one.userId === person.id && one.weekday === weekday)
                      .map((one) => (
                        <OneShift
                          key={one.id}
                          shift={one}
                          name={person.displayName}
                          {...(mayEdit
                            ? { onEdit: () => setEditing({ kind: 'change', shift: one, person }) }
                            : {})}
                        />
                      ))}
                    {mayEdit && (
                      <button
                        type="button"
                        className="add-shift"
                        aria-label={t('shift.addFor', {
                          name: person.displayName,
                          day: t(`shift.weekday.${String(weekday)}`),
                        })}
                        onClick={() => setEditing({ kind: 'plan', person, weekday })}
                      >
                        +
                      </button>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {editing !== null && (
        <ShiftDialog
          editing={editing}
          today={data.today}
          isPending={move.isPending}
          onClose={() => setEditing(null)}
          onMove={(what) => move.mutate(what, { onSuccess: () => setEditing(null) })}
        />
      )}
    </section>
  );
}

function OneShift({ shift, name, onEdit }: { shift: WeeklyShiftView; name: string; onEdit?: () => void }) {
  const { t } = useTranslation();
  const { starts, ends, languages, weekday } = shift;
  const overnight = ends <= starts;
  const text = t(overnight ? 'shift.hoursOver' : 'shift.hours', { starts, ends });
  const spoken = languages.length > 0 && <span className="small">{languages.join(', ')}</span>;
  if (onEdit === undefined)
    return (
      <p className="shift">
        {text} {spoken}
      </p>
    );
  return (
    <Button
      variant="default"
      size="compact-sm"
      className="shift"
      aria-label={t('shift.editOf', { name, day: t(`shift.weekday.${String(weekday)}`), hours: text })}
      onClick={onEdit}
    >
      {text}&nbsp;{spoken}
    </Button>
  );
}

/** Tab goes through all buttons as everywhere; arrows go from cell to cell. */
function moveByArrow(event: KeyboardEvent, table: HTMLTableElement | null): void {
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const cell = document.activeElement?.closest('td');
  const row = cell?.closest('tr');
  if (step === undefined || table === null || cell === null || cell === undefined || !row) return;
  const [down = 0, right = 0] = step;
  const target = table.rows[row.rowIndex + down]?.cells[cell.cellIndex + right]?.querySelector('button');
  if (target === null || target === undefined) return;
  event.preventDefault();
  target.focus();
}

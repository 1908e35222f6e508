/** The list of the desk's keys; it comes when it is first asked for. */
import { Checkbox, Kbd } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { KEYS, MARK_KEY } from '../hooks/desk-keys.ts';
import { useTourAgain } from '../hooks/tour.ts';
import { Dialog } from './dialog.tsx';

export function ShortcutList({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const showTour = useTourAgain();
  const [markKey, setMarkKey] = useLocalStorage({
    key: MARK_KEY,
    defaultValue: true,
    getInitialValueInEffect: false,
  });
  const rows = [
    ...KEYS.map(({ action, label }) => ({ name: `shortcuts.${action}`, label })),
    { name: 'shortcuts.canned', label: '/' },
    ...(markKey ? [{ name: 'shortcuts.listMark', label: '?' }] : []),
  ];
  return (
    <Dialog opened={opened} onClose={onClose} title={t('shortcuts.title')}>
      <dl className="shortcuts">
        {rows.map(({ name, label }) => (
          <div key={name}>
            <dt>
              <Kbd>{label}</Kbd>
            </dt>
            <dd>{t(name)}</dd>
          </div>
        ))}
      </dl>
      <Checkbox
        size="md"
        mt="md"
        label={t('shortcuts.markKey')}
        checked={markKey}
        onChange={(event) => setMarkKey(event.currentTarget.checked)}
      />
      {showTour !== null && (
        <p>
          <button
            type="button"
            className="link"
            onClick={() => {
              showTour();
              onClose();
            }}
          >
            {t('shortcuts.tour')}
          </button>
        </p>
      )}
    </Dialog>
  );
}

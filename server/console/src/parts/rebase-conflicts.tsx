/** Where a draft and the newest release changed the same lines: both, side by side; nothing was written. */
import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rebased } from '../../../api/studio-contract.ts';
import { Dialog } from './dialog.tsx';
import { FileLink } from './file-link.tsx';

export function RebaseConflicts({
  draftId,
  conflicts,
  onClose,
}: {
  draftId: string;
  conflicts: Rebased['conflicts'];
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={onClose} title={t('studio.conflicts', { n: conflicts.length })}>
      <p>{t('studio.conflictsHelp')}</p>
      {conflicts.map(({ path, line, ours, theirs }) => (
        <div key={`${path}:${String(line)}`} className="studio-conflict">
          <FileLink draftId={draftId} path={path} line={line} />
          <div>
            <p className="muted small">{t('studio.ours')}</p>
            <pre tabIndex={0} aria-label={t('studio.ours')}>
              {ours === '' ? t('studio.nothingThere') : ours}
            </pre>
          </div>
          <div>
            <p className="muted small">{t('studio.theirs')}</p>
            <pre tabIndex={0} aria-label={t('studio.theirs')}>
              {theirs === '' ? t('studio.nothingThere') : theirs}
            </pre>
          </div>
        </div>
      ))}
      <div className="dialog-actions">
        <Button data-autofocus onClick={onClose}>
          {t('app.close')}
        </Button>
      </div>
    </Dialog>
  );
}

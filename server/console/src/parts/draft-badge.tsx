/** In which state a draft is: by word, shape and colour. */
import { useTranslation } from 'react-i18next';
import type { DraftState } from '../../../api/studio-contract.ts';

const SHAPES: Readonly<Record<DraftState, string>> = {
  open: '○',
  in_review: '◐',
  scheduled: '◷',
  published: '●',
  withdrawn: '✕',
};

export function DraftBadge({ state }: { state: DraftState }) {
  const { t } = useTranslation();
  return (
    <span className="studio-badge" data-state={state}>
      <span aria-hidden="true">{SHAPES[state]}</span> {t(`studio.state.${state}`)}
    </span>
  );
}

/** The page's title: where one is; in a hidden tab only how much is new, never who or what. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** @param fresh how much is new since the tab was last seen */
export function useTitle(label: string, fresh = 0): void {
  const { t } = useTranslation();
  const isHidden = useHidden();
  const title =
    isHidden && fresh > 0
      ? t('title.new', { n: fresh })
      : label === t('app.name')
        ? label
        : `${label} · ${t('app.name')}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function useHidden(): boolean {
  const [hidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const follow = (): void => setHidden(document.hidden);
    document.addEventListener('visibilitychange', follow);
    return () => document.removeEventListener('visibilitychange', follow);
  }, []);
  return hidden;
}

/** Where one is among the pages about the desk itself. */
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMe } from '../hooks/queries.ts';

export function ShiftNav() {
  const { t } = useTranslation();
  const { data: me } = useMe();
  return (
    <nav className="sub-nav" aria-label={t('shift.nav')}>
      {me?.permissions.includes('supervise') === true && (
        <Link to="/wall" className="nav-link">
          {t('shift.wall')}
        </Link>
      )}
      {me?.permissions.includes('supervise') === true && (
        <Link to="/wellbeing" className="nav-link">
          {t('shift.wellbeing')}
        </Link>
      )}
      <Link to="/shifts" className="nav-link">
        {t('shift.calendar')}
      </Link>
      <Link to="/practice" className="nav-link">
        {t('shift.practice')}
      </Link>
      <Link to="/quality" className="nav-link">
        {t('shift.quality')}
      </Link>
    </nav>
  );
}

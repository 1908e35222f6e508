/** The addresses of the console; pages load when they are first opened. */
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Link,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Me } from '../../../api/contract.ts';
import { KEYS } from '../hooks/queries.ts';
import { readDeskSearch } from '../hooks/queue-view.ts';
import { callApi, codeOf } from './api.ts';
import { withTopic } from './topic-part.ts';

interface RouterContext {
  queryClient: QueryClient;
  /** the account's language, before the first page shows */
  onMe: (me: Me) => Promise<void>;
}

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { over?: boolean } =>
    search['over'] === true ? { over: true } : {},
  component: lazyRouteComponent(() => import('../pages/sign-in-page.tsx'), 'SignInPage'),
});
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/setup-page.tsx'), 'SetupPage'),
});
const factor = createRoute({
  getParentRoute: () => root,
  path: '/factor',
  component: lazyRouteComponent(
    withTopic('factor', () => import('../pages/factor-page.tsx')),
    'FactorPage',
  ),
});
const staff = createRoute({
  getParentRoute: () => root,
  id: 'staff',
  beforeLoad: async ({ context }) => {
    try {
      const me = await context.queryClient.query({
        queryKey: KEYS.me,
        queryFn: () => callApi<Me>('GET', '/me'),
        staleTime: 'static',
      });
      await context.onMe(me);
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how this router redirects
      if (me.factor !== 'shown') throw redirect({ to: '/factor', replace: true });
    } catch (error) {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how this router redirects
      if (codeOf(error) === 'unauthenticated') throw redirect({ to: '/sign-in' });
      throw error;
    }
  },
  component: lazyRouteComponent(() => import('../pages/staff-layout.tsx'), 'StaffLayout'),
  errorComponent: Broken,
});
// one page for both addresses, so that choosing a person keeps the queue as it is
const desk = createRoute({
  getParentRoute: () => staff,
  id: 'desk',
  validateSearch: readDeskSearch,
  component: lazyRouteComponent(() => import('../pages/desk-page.tsx'), 'DeskPage'),
});
const queue = createRoute({ getParentRoute: () => desk, path: '/', component: () => null });
const conversation = createRoute({
  getParentRoute: () => desk,
  path: '/c/$conversationId',
  component: () => null,
});
const account = createRoute({
  getParentRoute: () => staff,
  path: '/account',
  component: lazyRouteComponent(
    withTopic('factor', () => import('../pages/account-page.tsx')),
    'AccountPage',
  ),
});
const channels = createRoute({
  getParentRoute: () => staff,
  path: '/channels',
  component: lazyRouteComponent(
    withTopic('channels', () => import('../pages/channels-page.tsx')),
    'ChannelsPage',
  ),
});
const phrases = createRoute({
  getParentRoute: () => staff,
  path: '/phrases',
  component: lazyRouteComponent(
    withTopic('phrases', () => import('../pages/phrases-page.tsx')),
    'PhrasesPage',
  ),
});
const team = createRoute({
  getParentRoute: () => staff,
  path: '/team',
  component: lazyRouteComponent(
    withTopic('team', () => import('../pages/team-page.tsx')),
    'TeamPage',
  ),
});

const shifts = createRoute({
  getParentRoute: () => staff,
  path: '/shifts',
  component: lazyRouteComponent(
    withTopic('shift', () => import('../pages/shifts-page.tsx')),
    'ShiftsPage',
  ),
});
const practice = createRoute({
  getParentRoute: () => staff,
  path: '/practice',
  component: lazyRouteComponent(
    withTopic('shift', () => import('../pages/practice-page.tsx')),
    'PracticePage',
  ),
});
const quality = createRoute({
  getParentRoute: () => staff,
  path: '/quality',
  component: lazyRouteComponent(
    withTopic('shift', () => import('../pages/quality-page.tsx')),
    'QualityPage',
  ),
});
const wall = createRoute({
  getParentRoute: () => staff,
  path: '/wall',
  component: lazyRouteComponent(
    withTopic('shift', () => import('../pages/wall-page.tsx')),
    'WallPage',
  ),
});

const wellbeing = createRoute({
  getParentRoute: () => staff,
  path: '/wellbeing',
  component: lazyRouteComponent(
    withTopic(
      'shift',
      withTopic('wellbeing', () => import('../pages/wellbeing-page.tsx')),
    ),
    'WellbeingPage',
  ),
});

const audit = createRoute({
  getParentRoute: () => staff,
  path: '/audit',
  component: lazyRouteComponent(
    withTopic('audit', () => import('../pages/audit-page.tsx')),
    'AuditPage',
  ),
});

const cases = createRoute({
  getParentRoute: () => staff,
  path: '/cases',
  validateSearch: (
    search: Record<string, unknown>,
  ): { show?: 'open' | 'overdue' | 'closed'; of?: 'mine' | 'all' } => ({
    ...(search['show'] === 'overdue' || search['show'] === 'closed' ? { show: search['show'] } : {}),
    ...(search['of'] === 'all' ? { of: search['of'] } : {}),
  }),
  component: lazyRouteComponent(
    withTopic('cases', () => import('../pages/cases-page.tsx')),
    'CasesPage',
  ),
});
const oneCase = createRoute({
  getParentRoute: () => staff,
  path: '/cases/$caseId',
  component: lazyRouteComponent(
    withTopic('cases', () => import('../pages/case-page.tsx')),
    'CasePage',
  ),
});
const handoverSheet = createRoute({
  getParentRoute: () => staff,
  path: '/handover',
  component: lazyRouteComponent(
    withTopic('cases', () => import('../pages/handover-page.tsx')),
    'HandoverPage',
  ),
});
const course = createRoute({
  getParentRoute: () => staff,
  path: '/course',
  component: lazyRouteComponent(
    withTopic('course', () => import('../pages/course-page.tsx')),
    'CoursePage',
  ),
});
const certificate = createRoute({
  getParentRoute: () => staff,
  path: '/course/certificate',
  component: lazyRouteComponent(
    withTopic('course', () => import('../pages/certificate-page.tsx')),
    'CertificatePage',
  ),
});
const courseModule = createRoute({
  getParentRoute: () => staff,
  path: '/course/$module',
  component: lazyRouteComponent(
    withTopic('course', () => import('../pages/module-page.tsx')),
    'ModulePage',
  ),
});

const studio = createRoute({
  getParentRoute: () => staff,
  path: '/studio',
  component: lazyRouteComponent(
    withTopic('studio', () => import('../pages/studio-page.tsx')),
    'StudioPage',
  ),
});
const draft = createRoute({
  getParentRoute: () => staff,
  path: '/studio/drafts/$draftId',
  component: lazyRouteComponent(
    withTopic('studio', () => import('../pages/draft-page.tsx')),
    'DraftPage',
  ),
});
const draftFile = createRoute({
  getParentRoute: () => staff,
  path: '/studio/drafts/$draftId/file/$',
  validateSearch: (search: Record<string, unknown>): { line?: number } =>
    typeof search['line'] === 'number' && Number.isInteger(search['line']) && search['line'] > 0
      ? { line: search['line'] }
      : {},
  component: lazyRouteComponent(
    withTopic('studio', () => import('../pages/draft-file-page.tsx')),
    'DraftFilePage',
  ),
});

const tree = root.addChildren([
  signIn,
  setup,
  factor,
  staff.addChildren([
    desk.addChildren([queue, conversation]),
    account,
    channels,
    phrases,
    team,
    audit,
    cases,
    oneCase,
    handoverSheet,
    studio,
    draft,
    draftFile,
    shifts,
    wall,
    wellbeing,
    practice,
    course,
    certificate,
    courseModule,
    quality,
  ]),
]);

export function createConsoleRouter(context: RouterContext) {
  return createRouter({ routeTree: tree, basepath: '/console', context, defaultPreload: false });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <h1>{t('notFound.title')}</h1>
      <Link to="/">{t('notFound.help')}</Link>
    </main>
  );
}

function Broken({ reset }: { reset: () => void }) {
  const { t } = useTranslation();
  return (
    <main className="page" role="alert">
      <h1>{t('error.network')}</h1>
      <button type="button" className="link" onClick={reset}>
        {t('app.retry')}
      </button>
    </main>
  );
}

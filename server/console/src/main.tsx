/** Starts the console in the browser. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { chooseLanguage, createI18n, readStoredLanguage } from './app/i18n.ts';
import { createConsoleRouter } from './app/router.tsx';
import { createServices, ServicesContext } from './app/services.ts';
import { theme } from './app/theme.ts';
import { KEYS } from './hooks/queries.ts';
import './mantine.css';
import './styles.css';

const element = document.getElementById('root');
if (element === null) throw new Error('the page has no #root');
const nonce = document.querySelector('script[nonce]');
const readNonce = (): string => (nonce instanceof HTMLElement ? nonce.nonce : '');

const i18n = await createI18n(readStoredLanguage());
const services = createServices(() => {
  const at = router.state.location.pathname;
  if (at.startsWith('/sign-in') || at.startsWith('/setup')) return;
  // whoever comes for the first time had no session that could end
  const wasSignedIn = services.queryClient.getQueryData(KEYS.me) !== undefined;
  services.forget();
  void router.navigate({ to: '/sign-in', replace: true, search: wasSignedIn ? { over: true } : {} });
});
const router = createConsoleRouter({
  queryClient: services.queryClient,
  onMe: async (me) => {
    if (me.uiLanguage !== i18n.language) await chooseLanguage(i18n, me.uiLanguage);
  },
});
// a new page starts at its heading, for keyboards and screen readers
router.subscribe('onResolved', ({ pathChanged, fromLocation }) => {
  if (!pathChanged || fromLocation === undefined) return;
  requestAnimationFrame(() => {
    const heading = document.querySelector('main h1[tabindex]');
    if (heading instanceof HTMLElement && document.activeElement?.id !== 'reply')
      heading.focus({ preventScroll: true });
  });
});

createRoot(element).render(
  <I18nextProvider i18n={i18n}>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={readNonce}>
      <ServicesContext value={services}>
        <QueryClientProvider client={services.queryClient}>
          <RouterProvider router={router} />
          <Notifications position="top-right" limit={3} containerWidth={288} />
        </QueryClientProvider>
      </ServicesContext>
    </MantineProvider>
  </I18nextProvider>,
);

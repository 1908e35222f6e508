/** The frame of the pages before the sign-in: one card, nothing else. */
import type { ReactNode } from 'react';
import { LanguageSwitch, ThemeSwitch } from './header.tsx';

export function Gate({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="gate">
      <div className="gate-top">
        <ThemeSwitch />
        <LanguageSwitch signedIn={false} />
      </div>
      <main className="gate-card">
        <svg className="gate-mark" viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 3h16a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2h-7l-5 4.5V17H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z" />
          <path className="brand-sign" d="M7 8.5h10M7 12h6" />
        </svg>
        <h1 tabIndex={-1}>{title}</h1>
        {children}
      </main>
    </div>
  );
}

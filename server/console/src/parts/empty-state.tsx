/** When there is nothing: says so, and what to do. */
import type { ReactNode } from 'react';

export function EmptyState({ title, help, children }: { title: string; help: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      <p>{help}</p>
      {children}
    </div>
  );
}

/** Leads to a file of a draft, and to the line that is meant. */
import { Link } from '@tanstack/react-router';

export function FileLink({ draftId, path, line }: { draftId: string; path: string; line?: number | null }) {
  return (
    <Link
      to="/studio/drafts/$draftId/file/$"
      params={{ draftId, _splat: path }}
      search={typeof line === 'number' ? { line } : {}}
      className="studio-path"
    >
      {path}
      {typeof line === 'number' && `:${String(line)}`}
    </Link>
  );
}

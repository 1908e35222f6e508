/** What a draft changes in what the bot recognises, shown on all labelled rows before anybody meets it. */
import { readDraftContent } from '../content/draft-content.ts';
import { changesBetween } from '../content/manifest.ts';
import { readDraft } from '../store/content-drafts.ts';
import { appendAudit } from '../store/audit.ts';
import { EmptySchema, IdParamsSchema } from './contract.ts';
import { may } from './policies.ts';
import { done, ownRoute, refused } from './route.ts';
import type { Route } from './route.ts';
import { RulesPreviewSchema } from './studio-rules-contract.ts';

/** Files by which danger, offers and wishes are recognised. */
const RULES =
  /^content\/(?:safety|signals|intents)\/|^content\/(?:routes|commands)\.yaml$|^content\/registers\/agencies\.csv$/;

export const studioRulesRoutes: readonly Route[] = [
  ownRoute({
    method: 'post',
    path: '/studio/drafts/:id/preview',
    permission: 'see_content',
    summary:
      'What the draft changes on the labelled sets and on the last redacted wordings, row by row. Takes seconds.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: RulesPreviewSchema,
    refusals: ['not_found', 'too_many_requests', 'content_check_failed'],
    audit: null,
    handle: async ({ actor, params, tools, now }) => {
      const draft = await readDraft(tools.pool, params.id);
      if (draft === null) return refused('not_found');
      const { base, manifest } = await readDraftContent(tools.pool, draft);
      const touches = changesBetween(base, manifest).some(({ path }) => RULES.test(path));
      if (!touches) return done({ state: 'untouched' as const, sets: [], changes: [] });
      const answer = await tools.studio.previews.compare(base, manifest);
      if (answer.kind === 'broken') return done({ state: 'broken' as const, sets: [], changes: [] });
      const { sets, changes } = answer.preview;
      if (!changes.some(({ set }) => set === 'heard')) return done({ state: 'done' as const, sets, changes });
      // wordings of people, redacted: for whom they are on the page of wordings, and each look is kept like there
      if (!may(actor.role, 'teach'))
        return done({ state: 'done' as const, sets, changes: changes.filter(({ set }) => set !== 'heard') });
      await tools.transact((client) =>
        appendAudit(client, {
          ...{
            at: now,
            userId: actor.userId,
            action: 'phrases_viewed',
            objectKind: 'draft',
            objectId: draft.id,
          },
          detail: { shown: changes.filter(({ set }) => set === 'heard').length },
        }),
      );
      return done({ state: 'done' as const, sets, changes });
    },
  }),
];

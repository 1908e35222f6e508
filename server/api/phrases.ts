/** For editors: redacted wordings the bot did not understand, a trial of what it might learn, and their proposals. */
import type { Proposal } from '../../bot/index.ts';
import {
  ignoreHeardPhrase,
  LEARNING_DAYS,
  listHeardPhrases,
  takeHeardPhrase,
} from '../store/heard-phrases.ts';
import { addProposal, listProposals, withdrawProposal } from '../store/proposals.ts';
import type { TrialTotals } from '../store/proposals.ts';
import {
  DoneSchema,
  EmptySchema,
  IdParamsSchema,
  PhrasesSchema,
  ProposeSchema,
  TrialSchema,
  TryPhraseSchema,
} from './contract.ts';
import { auditedRoute, done, readRoute, refused } from './route.ts';
import type { Route, Tools } from './route.ts';

/** One line to change when roles are named otherwise. */
const PERMISSION = 'teach';
const MOST_SHOWN = 40;

export const phraseRoutes: readonly Route[] = [
  auditedRoute({
    method: 'get',
    path: '/phrases',
    permission: PERMISSION,
    summary:
      'Redacted wordings that two conversations or more wrote and the bot did not understand; proposals.',
    params: EmptySchema,
    body: EmptySchema,
    output: PhrasesSchema,
    audit: { action: 'phrases_viewed', object: 'phrases' },
    handle: async ({ actor, client, tools }) => {
      const { teacher, vault, learningPurpose } = tools;
      const heard = learningPurpose === null ? [] : await listHeardPhrases(client, vault);
      const proposals = await listProposals(client, vault, false);
      return done(
        {
          purpose: learningPurpose,
          keptDays: LEARNING_DAYS,
          phrases: heard.map((one) => ({ ...one, guesses: [...teacher.guess(one.text)] })),
          proposals: proposals.map((one) => ({
            ...one,
            createdAt: one.createdAt.toISOString(),
            exportedAt: one.exportedAt?.toISOString() ?? null,
          })),
          intents: teacher.intents.map(({ id, title, group }) => ({
            ...{ id, group },
            title: title[actor.uiLanguage] ?? title['vi'] ?? id,
          })),
          flows: [...teacher.flows],
        },
        { detail: { shown: heard.length } },
      );
    },
  }),
  // changes nothing and shows rows of the labelled sets only, which are invented
  readRoute({
    method: 'post',
    path: '/phrases/try',
    permission: PERMISSION,
    summary: 'What the bot would do otherwise on all labelled rows if it knew this phrase. Takes seconds.',
    params: EmptySchema,
    body: TryPhraseSchema,
    output: TrialSchema,
    refusals: [
      ...(['phrase_personal', 'phrase_known', 'phrase_elsewhere', 'unknown_target'] as const),
      ...(['too_many_requests', 'trial_failed'] as const),
    ],
    handle: async ({ body, tools }) => {
      const fault = tools.teacher.faultOf(body);
      if (fault !== null) return refused(fault);
      const { tasks, broken, mended, danger, otherwise } = await tools.runTrial(body);
      const totals: TrialTotals = {
        n: tasks.reduce((sum, { n }) => sum + n, 0),
        broken: broken.length,
        mended: mended.length,
        danger: danger.length,
      };
      return done({
        totals,
        proof: prove(tools, body, totals),
        tasks: [...tasks],
        broken: broken.slice(0, MOST_SHOWN),
        mended: mended.slice(0, MOST_SHOWN),
        danger: danger.slice(0, MOST_SHOWN),
        otherwise,
      });
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/phrases/propose',
    permission: PERMISSION,
    summary: 'Save what was tried as a proposal. The bot learns it with the next release of the content.',
    params: EmptySchema,
    body: ProposeSchema,
    output: DoneSchema,
    refusals: [
      ...(['phrase_personal', 'phrase_known', 'phrase_elsewhere', 'unknown_target'] as const),
      ...(['not_tried', 'danger_would_change', 'not_found'] as const),
    ],
    audit: { action: 'phrase_proposed', object: 'phrase_proposal' },
    handle: async ({ body, actor, client, now, tools }) => {
      const { kind, target, text, totals } = body;
      const fault = tools.teacher.faultOf(body);
      if (fault !== null) return refused(fault);
      if (prove(tools, body, totals) !== body.proof) return refused('not_tried');
      if (totals.danger > 0 && !body.despiteDanger) return refused('danger_would_change');
      if (body.heardId !== null && !(await takeHeardPhrase(client, body.heardId)))
        return refused('not_found');
      const proposal = { kind, target, text, totals, userId: actor.userId };
      const id = await addProposal(client, tools.vault, proposal, now);
      return done(
        { done: true },
        { objectId: id, detail: { kind, target, ...totals, heard: body.heardId !== null } },
      );
    },
  }),
  auditedRoute({
    method: 'post',
    path: '/phrases/:id/ignore',
    permission: PERMISSION,
    summary: 'Nothing to learn from this wording: it goes, and does not come back before its days are over.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'phrase_ignored', object: 'phrase' },
    handle: async ({ params, client }) =>
      (await ignoreHeardPhrase(client, params.id))
        ? done({ done: true }, { objectId: params.id })
        : refused('not_found'),
  }),
  auditedRoute({
    method: 'post',
    path: '/proposals/:id/withdraw',
    permission: PERMISSION,
    summary: 'Delete a proposal.',
    params: IdParamsSchema,
    body: EmptySchema,
    output: DoneSchema,
    refusals: ['not_found'],
    audit: { action: 'proposal_withdrawn', object: 'phrase_proposal' },
    handle: async ({ params, client }) =>
      (await withdrawProposal(client, params.id))
        ? done({ done: true }, { objectId: params.id })
        : refused('not_found'),
  }),
];

/** Says, without keeping anything, that we tried exactly this and saw exactly that: also on another instance. */
function prove({ vault }: Tools, { kind, target, text }: Proposal, totals: TrialTotals): string {
  const { n, broken, mended, danger } = totals;
  return vault
    .hash('phrases.trial', JSON.stringify([kind, target, text, n, broken, mended, danger]))
    .toString('base64url');
}

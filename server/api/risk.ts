/** A counsellor knows better than the scan, and says why. The scan may still find something higher later. */
import { overrideRisk } from '../store/risk-overrides.ts';
import { DoneSchema, IdParamsSchema } from './contract.ts';
import { lockOpenItem, mayRead, tellAll } from './conversations.ts';
import { RiskChangeSchema } from './queue-contract.ts';
import { auditedRoute, done, refused } from './route.ts';
import type { Route } from './route.ts';

export const riskRoutes: readonly Route[] = [
  auditedRoute({
    method: 'post',
    path: '/conversations/:id/risk',
    permission: 'desk',
    summary:
      'Set the risk of somebody who waits, or of one of mine, with a reason. The queue follows; a higher risk that the scan finds later still counts.',
    params: IdParamsSchema,
    body: RiskChangeSchema,
    output: DoneSchema,
    refusals: ['not_found', 'not_waiting', 'not_yours', 'nothing_to_change'],
    audit: { action: 'risk_set', object: 'conversation' },
    handle: async ({ actor, params, body, client, now, tools }) => {
      const item = await lockOpenItem(client, tools, params.id, actor);
      if (item === null) return refused('not_found');
      if (item.state !== 'waiting' && item.state !== 'taken') return refused('not_waiting');
      if (!mayRead(actor, item))
        return refused('not_yours', item.takenBy === null ? {} : { by: item.takenBy });
      if (item.risk === body.risk) return refused('nothing_to_change');
      await overrideRisk(client, tools.vault, {
        ...{ id: tools.newId(), conversationId: params.id, userId: actor.userId, now },
        ...{ before: item.risk, after: body.risk, reason: body.reason },
      });
      await tellAll(client, tools, params.id);
      return done({ done: true }, { objectId: params.id, detail: { before: item.risk, after: body.risk } });
    },
  }),
];

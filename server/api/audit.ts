/** The audit for those who look after it: who did what to what, and when. Codes and counts; what was said is not in it. */
import { findAuditObject, listAuditActions, searchAudit } from '../store/audit.ts';
import { listUsers } from '../store/users.ts';
import { AuditPageSchema, AuditSearchSchema, EmptySchema } from './contract.ts';
import { auditedRoute, done } from './route.ts';
import type { Route } from './route.ts';

const PAGE_ROWS = 100;

export const auditRoutes: readonly Route[] = [
  auditedRoute({
    method: 'post',
    path: '/audit/search',
    permission: 'audit',
    summary: 'Rows of the audit, newest first, by person, action or object. Looking leaves a row, too.',
    params: EmptySchema,
    body: AuditSearchSchema,
    output: AuditPageSchema,
    audit: { action: 'audit_read', object: 'audit' },
    handle: async ({ body, client, now }) => {
      const objectId = body.object === undefined ? null : await findAuditObject(client, body.object);
      const filter = {
        ...{ userId: body.userId ?? null, action: body.action ?? null },
        // what was typed is nothing we know: no row fits
        objectId: body.object === undefined ? null : (objectId ?? ''),
        beforeId: body.beforeId ?? null,
      };
      const found = await searchAudit(client, filter, PAGE_ROWS + 1);
      const rows = found.slice(0, PAGE_ROWS).map(({ userId, userName, at, ...row }) => ({
        ...row,
        at: at.toISOString(),
        user: userId === null ? null : { id: userId, displayName: userName },
      }));
      const people = (await listUsers(client, now)).map(({ id, displayName }) => ({ id, displayName }));
      const actions = [...(await listAuditActions(client))];
      const value = { rows, hasMore: found.length > PAGE_ROWS, actions, people };
      const detail = {
        rows: rows.length,
        ...{ user: body.userId ?? null, action: body.action ?? null, object: objectId },
      };
      return done(value, { detail });
    },
  }),
];

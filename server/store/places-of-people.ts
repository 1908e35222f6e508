/** Where people stand in the flows, and which ways they took: counts only. */
import type { Db } from '../ports.ts';

export interface Standing {
  flow: string;
  version: number;
  node: string;
  people: number;
}

/** Everybody who stands at a question, whoever answers them; most people first within a flow. */
export async function listStanding(db: Db): Promise<readonly Standing[]> {
  const result = await db.query<Standing>(
    `select flow, flow_version as version, node, count(*)::int as people from sessions
     where flow <> '' group by flow, flow_version, node order by flow, flow_version, people desc, node`,
  );
  return result.rows;
}

export interface PathCount {
  /** `check-offer@1:pay` */
  from: string;
  exit: string;
  /** '' = the flow ended */
  to: string;
  count: number;
}

/** @param flow only this one; null = all */
export async function listPathCounts(db: Db, flow: string | null): Promise<readonly PathCount[]> {
  const result = await db.query<{ label: string; count: number }>(
    `select label, sum(count)::int as count from statistics
     where metric = 'path' and ($1::text is null or label like $1 || '@%') group by label order by label`,
    [flow],
  );
  return result.rows.map(({ label, count }) => {
    const [from = '', exit = '', to = ''] = label.split('>');
    return { from, exit, to, count };
  });
}

/** May a counsellor write there now: the rules over what the database knows of one conversation. */
import type { Clock, Db, Sending } from '../ports.ts';
import { readSendingFacts } from '../store/sending.ts';
import { type ChannelRules, ruleOf } from './rules.ts';
import { maySend, type Quota } from './windows.ts';

export interface SendingDeps {
  rules: ChannelRules;
  quotaOf: (channel: string, account: string) => Quota | null;
  clock: Clock;
}

/** @returns a question for the staff API; null for a conversation that does not exist */
export function createSendingCheck({ rules, quotaOf, clock }: SendingDeps) {
  return async (db: Db, conversationId: string): Promise<Sending | null> => {
    const facts = await readSendingFacts(db, conversationId);
    if (facts === null) return null;
    const { channel, account, blocked, lastInboundAt, sentSince } = facts;
    const closed = { ok: false, left: null, outsideWindow: false } as const;
    if (blocked) return { ...closed, reason: 'person_blocked', until: null };
    const quota = quotaOf(channel, account);
    const permission = maySend(rules, {
      ...{ channel, author: 'counsellor', lastInboundAt, sentSince, quota },
      now: clock.now(),
    });
    return permission.ok ? { ...permission, reason: null } : { ...closed, ...permission };
  };
}

/** Windows as the desk orders by them: how long a counsellor may answer. */
export function listWindows(rules: ChannelRules): readonly { channel: string; hours: number }[] {
  return rules.channels.flatMap(({ channel }) => {
    const { answer_hours: hours, people_hours: people } = ruleOf(rules, channel);
    const own = people ?? hours;
    return own === null ? [] : [{ channel, hours: own }];
  });
}

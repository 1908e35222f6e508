/** Cases: opening one for a contact, reading, listing, changing what is known. Sealed with a key of the case's own. */
import type { PoolClient } from 'pg';
import { z } from 'zod';
import { newConversationCode } from '../ids.ts';
import type { Db, Vault } from '../ports.ts';
import { placeCase } from './places.ts';

export type CaseBasis = 'consent' | 'danger_to_life' | 'child';
export type ConsentLevel = 'anonymous' | 'confidential' | 'named';

/** What was agreed to, as proof; the level stands beside it in the clear, because rules ask for it. */
export interface StoredConsent {
  purposes: readonly ('support' | 'referral')[];
  language: string;
  channel: string;
  textVersion: string;
  saidAt: string;
}

const ConsentSchema: z.ZodType<StoredConsent> = z.object({
  purposes: z.array(z.enum(['support', 'referral'])),
  language: z.string(),
  channel: z.string(),
  textVersion: z.string(),
  saidAt: z.string(),
});
const RecordSchema = z.record(z.string(), z.unknown());
const IdentitySchema = z.record(z.string(), z.string());

export interface CaseRow {
  id: string;
  code: string;
  state: 'open' | 'closed';
  basis: CaseBasis;
  ownerId: string;
  ownerName: string;
  openedAt: Date;
  closedAt: Date | null;
  outcome: string | null;
  tasksOpen: number;
  tasksOverdue: number;
  /** day in Vietnam */
  nextDueOn: string | null;
}

const ROW = (
  today: string,
): string => `k.id, k.code, k.state, k.basis, k.owner_id as "ownerId", o.display_name as "ownerName",
  k.opened_at as "openedAt", k.closed_at as "closedAt", k.outcome,
  (select count(*)::int from case_tasks t where t.case_id = k.id and t.done_at is null) as "tasksOpen",
  (select count(*)::int from case_tasks t where t.case_id = k.id and t.done_at is null and t.due_on < ${today}) as "tasksOverdue",
  (select to_char(min(t.due_on), 'YYYY-MM-DD') from case_tasks t where t.case_id = k.id and t.done_at is null) as "nextDueOn"`;

const LIST_LIMIT = 500;
/** closed ones are listed for so long; older ones are found by their code */
const CLOSED_SHOWN = '60 days';

/** @param ownerId only theirs; null = everybody's */
export async function listCases(
  db: Db,
  { ownerId, today, now }: { ownerId: string | null; today: string; now: Date },
): Promise<readonly CaseRow[]> {
  const found = await db.query<CaseRow>(
    `select * from (select ${ROW('$2::date')} from cases k join users o on o.id = k.owner_id
       where ($1::uuid is null or k.owner_id = $1)
         and (k.state = 'open' or k.closed_at > $3::timestamptz - interval '${CLOSED_SHOWN}')) c
     order by c.state = 'closed', c."tasksOverdue" = 0, c."nextDueOn" nulls last, c."openedAt" desc limit ${LIST_LIMIT}`,
    [ownerId, today, now],
  );
  return found.rows;
}

/** The case as it is stored, opened; without what names somebody. */
export interface StoredCase extends CaseRow {
  keyWrapped: Buffer;
  revision: number;
  supervisorName: string | null;
  consentLevel: ConsentLevel | null;
  consent: StoredConsent | null;
  consentWithdrawnAt: Date | null;
  erasureAskedAt: Date | null;
  fields: Readonly<Record<string, unknown>>;
  identityParts: readonly string[];
  contacts: readonly {
    conversationId: string;
    code: string;
    channel: string;
    hasPlan: boolean;
    takenBy: string | null;
  }[];
}

/** @returns null when there is none */
export async function readCase(db: Db, vault: Vault, id: string, today: string): Promise<StoredCase | null> {
  const found = await db.query<
    Omit<StoredCase, 'consent' | 'fields' | 'identityParts' | 'contacts'> & {
      consentEnc: Buffer | null;
      fieldsEnc: Buffer;
      identityEnc: Buffer | null;
    }
  >(
    `select ${ROW('$2::date')}, k.key_wrapped as "keyWrapped", k.revision, s.display_name as "supervisorName",
       k.consent_level as "consentLevel", k.consent_enc as "consentEnc", k.consent_withdrawn_at as "consentWithdrawnAt",
       k.erasure_asked_at as "erasureAskedAt", k.fields_enc as "fieldsEnc", k.identity_enc as "identityEnc"
     from cases k join users o on o.id = k.owner_id left join users s on s.id = k.supervisor_id where k.id = $1`,
    [id, today],
  );
  const row = found.rows[0];
  if (row === undefined) return null;
  const { consentEnc, fieldsEnc, identityEnc, ...rest } = row;
  const contacts = await db.query<StoredCase['contacts'][number]>(
    `select c.id as "conversationId", c.code, c.channel, c.plan_wording is not null as "hasPlan", c.owner_user_id as "takenBy"
     from case_contacts n join conversations c on c.id = n.conversation_id where n.case_id = $1 order by n.added_at, c.id`,
    [id],
  );
  const open = (column: 'consent_enc' | 'fields_enc', sealed: Buffer): unknown =>
    vault.open(row.keyWrapped, placeCase(column, id), sealed);
  return {
    ...rest,
    consent: consentEnc === null ? null : ConsentSchema.parse(open('consent_enc', consentEnc)),
    fields: RecordSchema.parse(open('fields_enc', fieldsEnc)),
    identityParts: Object.keys(openIdentity(vault, row.keyWrapped, id, identityEnc)),
    contacts: contacts.rows,
  };
}

/** Locks the case until the transaction ends: whoever changes it waits for whoever is changing it. */
export async function lockCase(client: PoolClient, id: string): Promise<boolean> {
  return (await client.query('select from cases where id = $1 for update', [id])).rowCount === 1;
}

/** @returns ids of the conversations of the case */
export async function listCaseContacts(db: Db, id: string): Promise<readonly string[]> {
  const found = await db.query<{ id: string }>(
    'select conversation_id as id from case_contacts where case_id = $1 order by 1',
    [id],
  );
  return found.rows.map((row) => row.id);
}

export async function findCaseByCode(db: Db, code: string): Promise<string | null> {
  const found = await db.query<{ id: string }>('select id from cases where code = upper($1)', [code]);
  return found.rows[0]?.id ?? null;
}

/** @returns the case of a contact; null when none was opened */
export async function findCaseOf(db: Db, conversationId: string): Promise<string | null> {
  const found = await db.query<{ id: string }>(
    'select case_id as id from case_contacts where conversation_id = $1',
    [conversationId],
  );
  return found.rows[0]?.id ?? null;
}

export interface NewCase {
  id: string;
  conversationId: string;
  userId: string;
  now: Date;
  basis: CaseBasis;
  supervisorId: string | null;
  level: ConsentLevel | null;
  consent: StoredConsent | null;
  fields: object;
}

/** The conversation is locked and has no case. */
export async function insertCase(client: PoolClient, vault: Vault, one: NewCase): Promise<Buffer> {
  const key = await vault.newKey();
  await client.query(
    `insert into cases (id, code, key_wrapped, basis, supervisor_id, consent_level, consent_enc, fields_enc, owner_id, opened_by,
       opened_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $10)`,
    [
      ...[one.id, `V-${newConversationCode()}`, key, one.basis, one.supervisorId, one.level],
      one.consent === null ? null : vault.seal(key, placeCase('consent_enc', one.id), one.consent),
      ...[vault.seal(key, placeCase('fields_enc', one.id), one.fields), one.userId, one.now],
    ],
  );
  await client.query('insert into case_contacts (conversation_id, case_id, added_at) values ($1, $2, $3)', [
    ...[one.conversationId, one.id, one.now],
  ]);
  return key;
}

/** @returns false when it was changed since `revision` was read */
export async function saveFields(
  client: PoolClient,
  vault: Vault,
  { id, keyWrapped }: Pick<StoredCase, 'id' | 'keyWrapped'>,
  change: { revision: number; fields: object; now: Date },
): Promise<boolean> {
  const updated = await client.query(
    'update cases set fields_enc = $3, revision = revision + 1, updated_at = $4 where id = $1 and revision = $2',
    [id, change.revision, vault.seal(keyWrapped, placeCase('fields_enc', id), change.fields), change.now],
  );
  return updated.rowCount === 1;
}

/** What names somebody. Only parts that are filled in. */
export async function readIdentity(
  db: Db,
  vault: Vault,
  { id, keyWrapped }: Pick<StoredCase, 'id' | 'keyWrapped'>,
): Promise<Readonly<Record<string, string>>> {
  const found = await db.query<{ sealed: Buffer | null }>(
    'select identity_enc as sealed from cases where id = $1',
    [id],
  );
  return openIdentity(vault, keyWrapped, id, found.rows[0]?.sealed ?? null);
}

/** The case is locked. '' and what is missing are not kept. */
export async function saveIdentity(
  client: PoolClient,
  vault: Vault,
  { id, keyWrapped }: Pick<StoredCase, 'id' | 'keyWrapped'>,
  identity: Readonly<Record<string, string | undefined>>,
  now: Date,
): Promise<void> {
  const kept = Object.fromEntries(Object.entries(identity).filter(([, text]) => (text ?? '') !== ''));
  const isEmpty = Object.keys(kept).length === 0;
  await client.query('update cases set identity_enc = $2, updated_at = $3 where id = $1', [
    ...[id, isEmpty ? null : vault.seal(keyWrapped, placeCase('identity_enc', id), kept), now],
  ]);
}

/** A person who stays anonymous leaves no name behind: what was kept of it goes. */
export async function saveConsent(
  client: PoolClient,
  vault: Vault,
  { id, keyWrapped }: Pick<StoredCase, 'id' | 'keyWrapped'>,
  consent: StoredConsent & { level: ConsentLevel },
  now: Date,
): Promise<void> {
  const { level, ...said } = consent;
  await client.query(
    `update cases set basis = 'consent', supervisor_id = null, consent_level = $2, consent_enc = $3, consent_withdrawn_at = null,
       identity_enc = case when $2 = 'anonymous' then null else identity_enc end, updated_at = $4 where id = $1`,
    [id, level, vault.seal(keyWrapped, placeCase('consent_enc', id), said), now],
  );
}

export async function withdrawConsent(client: PoolClient, id: string, now: Date): Promise<void> {
  await client.query('update cases set consent_withdrawn_at = $2, updated_at = $2 where id = $1', [id, now]);
}

export async function closeCase(client: PoolClient, id: string, outcome: string, now: Date): Promise<void> {
  await client.query(
    `update cases set state = 'closed', outcome = $2, closed_at = $3, updated_at = $3 where id = $1`,
    [id, outcome, now],
  );
}

export async function reopenCase(client: PoolClient, id: string, now: Date): Promise<void> {
  await client.query(
    `update cases set state = 'open', outcome = null, closed_at = null, updated_at = $2 where id = $1`,
    [id, now],
  );
}

export async function giveCase(client: PoolClient, id: string, userId: string, now: Date): Promise<void> {
  await client.query('update cases set owner_id = $2, updated_at = $3 where id = $1', [id, userId, now]);
}

export function openIdentity(
  vault: Vault,
  key: Buffer,
  caseId: string,
  sealed: Buffer | null,
): Record<string, string> {
  return sealed === null
    ? {}
    : IdentitySchema.parse(vault.open(key, placeCase('identity_enc', caseId), sealed));
}

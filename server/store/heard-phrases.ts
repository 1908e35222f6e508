/** Wordings the bot did not understand: redacted, merged, shown once two conversations wrote them, gone after 30 days. */
import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { z } from 'zod';
import type { Db, Vault } from '../ports.ts';
import { placeHeardPhrase } from './places.ts';

/** From the day it was first heard, whatever came after: nobody's words stay longer. */
export const LEARNING_DAYS = 30;
/** More rows than this were never needed by an editor, and a flood must not fill the disk. */
const MAX_ROWS = 20_000;
const MOST_SHOWN = 200;
const PhraseSchema = z.object({ text: z.string() });

export interface HeardText {
  /** redacted */
  text: string;
  /** equal for equal wordings */
  key: string;
  conversationId: string;
}

export interface HeardPhrase {
  id: string;
  text: string;
  times: number;
  /** `2026-11-25`, a day in Vietnam */
  firstDay: string;
  lastDay: string;
}

/**
 * Adds one wording, or counts it once more. A second conversation makes it visible; which one, nobody can tell afterwards.
 * @param day in Vietnam, `2026-11-25`
 */
export async function addHeardPhrase(
  client: PoolClient,
  vault: Vault,
  heard: HeardText,
  day: string,
): Promise<void> {
  const hash = hashPhrase(vault, heard.key);
  const tag = tagWriter(vault, hash, heard.conversationId);
  const id = randomUUID();
  const keyWrapped = await vault.newKey();
  await client.query(
    `insert into heard_phrases (id, phrase_hash, key_wrapped, text_enc, writer_tag, first_day, last_day)
     select $1, $2, $3, $4, $5, $6::date, $6::date
     where exists (select from heard_phrases where phrase_hash = $2) or (select count(*) from heard_phrases) < $7
     on conflict (phrase_hash) do update set times = heard_phrases.times + 1, last_day = excluded.last_day,
       writer_tag = case when heard_phrases.writer_tag = excluded.writer_tag then heard_phrases.writer_tag end`,
    [
      id,
      hash,
      keyWrapped,
      vault.seal(keyWrapped, placeHeardPhrase(id), { text: heard.text }),
      tag,
      day,
      MAX_ROWS,
    ],
  );
}

/** What two conversations or more wrote: newest day first, then most often. */
export async function listHeardPhrases(db: Db, vault: Vault): Promise<readonly HeardPhrase[]> {
  const found = await db.query<Row>(
    `select id, key_wrapped, text_enc, times, first_day::text, last_day::text from heard_phrases
     where writer_tag is null and text_enc is not null order by last_day desc, times desc, id limit $1`,
    [MOST_SHOWN],
  );
  return found.rows.map((row) => ({
    id: row.id,
    text: PhraseSchema.parse(vault.open(row.key_wrapped, placeHeardPhrase(row.id), row.text_enc)).text,
    times: row.times,
    firstDay: row.first_day,
    lastDay: row.last_day,
  }));
}

interface Row {
  id: string;
  key_wrapped: Buffer;
  text_enc: Buffer;
  times: number;
  first_day: string;
  last_day: string;
}

/** Nothing to learn from it: the wording goes, its hash stays until it would have gone anyway. False when it is not shown. */
export async function ignoreHeardPhrase(client: PoolClient, id: string): Promise<boolean> {
  const changed = await client.query(
    'update heard_phrases set text_enc = null where id = $1 and writer_tag is null and text_enc is not null',
    [id],
  );
  return changed.rowCount === 1;
}

/** An editor makes a proposal of it: it goes like one that is ignored. False when it is not shown. */
export const takeHeardPhrase = ignoreHeardPhrase;

/** @returns how many went */
export async function forgetOldPhrases(db: Db, today: string): Promise<number> {
  const gone = await db.query('delete from heard_phrases where first_day <= $1::date - $2::int', [
    today,
    LEARNING_DAYS,
  ]);
  return gone.rowCount ?? 0;
}

/** There is no purpose (any more): nothing may be kept for it. @returns how many went */
export async function forgetAllPhrases(db: Db): Promise<number> {
  return (await db.query('delete from heard_phrases')).rowCount ?? 0;
}

/**
 * Part of erasing a conversation: everything only that conversation wrote goes. The tag has 256 values, so one in 256 of what only
 * others wrote goes with it, which harms nobody. What several wrote cannot be led back to any of them, and stays its 30 days.
 */
export async function forgetPhrasesOf(
  client: PoolClient,
  vault: Vault,
  conversationId: string,
): Promise<number> {
  const hidden = await client.query<{ id: string; phrase_hash: Buffer; writer_tag: number }>(
    'select id, phrase_hash, writer_tag from heard_phrases where writer_tag is not null',
  );
  const own = hidden.rows.filter(
    (row) => tagWriter(vault, row.phrase_hash, conversationId) === row.writer_tag,
  );
  if (own.length === 0) return 0;
  // somebody else may have written it meanwhile: then it is nobody's
  const gone = await client.query(
    'delete from heard_phrases where id = any($1::uuid[]) and writer_tag is not null',
    [own.map((row) => row.id)],
  );
  return gone.rowCount ?? 0;
}

function hashPhrase(vault: Vault, key: string): Buffer {
  return vault.hash('heard_phrases.phrase_hash', key);
}

function tagWriter(vault: Vault, phraseHash: Buffer, conversationId: string): number {
  return vault.hash('heard_phrases.writer_tag', `${phraseHash.toString('hex')}|${conversationId}`)[0] ?? 0;
}

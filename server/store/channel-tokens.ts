/** Rotating tokens of a channel account: sealed, one pair in use, and a lock that lets one instance refresh. */
import type { Pool } from 'pg';
import { z } from 'zod';
import type { AloneResult, StoredPair, TokenPair, TokenStore } from '../channels/token-source.ts';
import type { Transact, Vault } from '../ports.ts';
import { placeTokenPair } from './places.ts';
import { connect } from './pool.ts';

export interface TokenStoreDeps {
  pool: Pool;
  transact: Transact;
  vault: Vault;
  channel: string;
  account: string;
}

/** Any fixed number: whoever refreshes the tokens of an account holds this lock together with the account's. */
const REFRESH_LOCK = 7_214_003;
/**
 * A refresher that vanished with its machine says no goodbye, and its lock would stay for hours. A living one is silent only
 * while it waits for the platform, which is less than this.
 */
const HOLDER_SILENCE = '45s';
const LOCK_NOT_AVAILABLE = '55P03';

const PairSchema = z.object({ accessToken: z.string().nullable(), refreshToken: z.string() });

interface TokenRow {
  generation: number;
  state: StoredPair['state'];
  key_wrapped: Buffer;
  pair_enc: Buffer;
  obtained_at: Date;
  expires_at: Date;
  attempts: number;
  not_before: Date | null;
}

export function createTokenStore(deps: TokenStoreDeps): TokenStore {
  const { pool, vault, channel, account } = deps;
  const hashOf = (refreshToken: string): Buffer =>
    vault.hash('channel_tokens.refresh_hash', `${channel}|${account}|${refreshToken}`);

  async function read(): Promise<StoredPair | null> {
    const found = await pool.query<TokenRow>({
      name: 'read_channel_token',
      text: `select generation, state, key_wrapped, pair_enc, obtained_at, expires_at, attempts, not_before
        from channel_tokens where channel = $1 and account = $2 and state <> 'spent'`,
      values: [channel, account],
    });
    const row = found.rows[0];
    if (row === undefined) return null;
    const place = placeTokenPair(channel, account, row.generation);
    return {
      ...PairSchema.parse(vault.open(row.key_wrapped, place, row.pair_enc)),
      generation: row.generation,
      state: row.state,
      obtainedAt: row.obtained_at,
      expiresAt: row.expires_at,
      attempts: row.attempts,
      notBefore: row.not_before,
    };
  }

  async function keep(after: number, pair: TokenPair): Promise<number | null> {
    const keyWrapped = await vault.newKey();
    const generation = after + 1;
    const { accessToken, refreshToken } = pair;
    const sealed = vault.seal(keyWrapped, placeTokenPair(channel, account, generation), {
      accessToken,
      refreshToken,
    });
    return deps.transact(async (client) => {
      if (after > 0) {
        const spent = await client.query(
          `update channel_tokens set state = 'spent', key_wrapped = null, pair_enc = null, not_before = null
           where channel = $1 and account = $2 and generation = $3 and state <> 'spent'`,
          [channel, account, after],
        );
        if (spent.rowCount !== 1) return null;
      }
      const kept = await client.query(
        `insert into channel_tokens (channel, account, generation, state, key_wrapped, pair_enc, refresh_hash, obtained_at, expires_at)
         values ($1, $2, $3, 'ready', $4, $5, $6, $7, $8) on conflict do nothing`,
        [
          channel,
          account,
          generation,
          keyWrapped,
          sealed,
          hashOf(refreshToken),
          pair.obtainedAt,
          pair.expiresAt,
        ],
      );
      return kept.rowCount === 1 ? generation : null;
    });
  }

  return {
    read,
    keep,
    isKnown: async (refreshToken) => {
      const found = await pool.query(
        'select 1 from channel_tokens where channel = $1 and account = $2 and refresh_hash = $3',
        [channel, account, hashOf(refreshToken)],
      );
      return (found.rowCount ?? 0) > 0;
    },
    alone: (work) => runAlone(pool, nameOf(deps), work),
    begin: async (generation) => {
      const begun = await pool.query(
        `update channel_tokens set state = 'refreshing', attempts = attempts + 1, not_before = null
         where channel = $1 and account = $2 and generation = $3 and state <> 'spent'`,
        [channel, account, generation],
      );
      if (begun.rowCount !== 1) throw new Error('the pair to refresh is gone');
    },
    postpone: async (generation, notBefore) => {
      await pool.query(
        `update channel_tokens set not_before = $4
         where channel = $1 and account = $2 and generation = $3 and state = 'refreshing'`,
        [channel, account, generation, notBefore],
      );
    },
    lose: async (generation) => {
      await pool.query(
        `update channel_tokens set state = 'lost', not_before = null
         where channel = $1 and account = $2 and generation = $3 and state = 'refreshing'`,
        [channel, account, generation],
      );
    },
  };
}

function nameOf({ channel, account }: TokenStoreDeps): string {
  return `${channel}/${account}`;
}

/**
 * A lock of the session and not of a transaction: what is written meanwhile must be on disk before the platform is called, and
 * no transaction may stay open while we wait for the platform. It ends with its connection, however that ends.
 */
async function runAlone<T>(pool: Pool, name: string, work: () => Promise<T>): Promise<AloneResult<T>> {
  const client = await connect(pool);
  // a connection that is cut while in use must not bring the process down; the work finds out by itself
  client.on('error', () => undefined);
  try {
    await client.query(`set idle_session_timeout = '${HOLDER_SILENCE}'`);
    await client.query('select pg_advisory_lock($1, hashtext($2))', [REFRESH_LOCK, name]);
    const value = await work();
    await client
      .query('select pg_advisory_unlock($1, hashtext($2))', [REFRESH_LOCK, name])
      .catch(() => undefined);
    return { kind: 'done', value };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE)
      return { kind: 'busy' };
    throw error;
  } finally {
    // not given back to the pool: its settings and its lock die with it
    client.release(true);
  }
}

/** One process that refreshes Zalo's token once and ends: to be killed in the middle. Arguments: database URL, fake's base, time. */
import { createPool, createTransact } from '../../server/store/pool.ts';
import { startTokenInstance } from './tokens.ts';

const [databaseUrl = '', base = '', at = ''] = process.argv.slice(2);
const pool = createPool({ databaseUrl, maxConnections: 3, onError: () => undefined });
const instance = startTokenInstance({
  database: { pool, transact: createTransact(pool) },
  base,
  now: () => new Date(at),
});
const result = await instance.tokens.get();
process.stdout.write(result.ok ? `generation ${result.access.generation}\n` : `${result.fault}\n`);
instance.close();
await pool.end();

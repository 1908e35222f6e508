/**
 * The platforms as a process of their own: `node test/support/platforms/main.ts --port N`. Prints one line of JSON when ready:
 * `{"url": …, "env": {…}}`, the environment of a server connected to all four. Ends with its input or on SIGTERM.
 */
import { parseArgs } from 'node:util';
import { startPlatforms } from './platforms.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    /** people must be heard of before they may be written to (`POST /control/hear`, `/control/touch`) */
    strict: { type: 'boolean', default: false },
  },
});
const platforms = await startPlatforms({
  port: Number(values.port),
  knowsEverybody: !values.strict,
  keepsCalls: false,
});
const ready = { url: new URL(platforms.base('zalo')).origin, env: platforms.env() };
process.stdout.write(`${JSON.stringify(ready)}\n`);

const stop = (): void => void platforms.close().then(() => process.exit(0));
process.on('SIGTERM', stop);
process.stdin.on('end', stop).resume();

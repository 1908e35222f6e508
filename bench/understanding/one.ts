/** `node bench/understanding/one.ts <intents|languages> <candidate>`: measures one candidate; the last line is JSON. */
import { measureCandidate, readRows, TASKS } from './candidates.ts';

const [task = '', name = ''] = process.argv.slice(2);
const chosen = task === 'intents' || task === 'languages' ? TASKS[task] : undefined;
const candidate = chosen?.candidates[name];
if (chosen === undefined || candidate === undefined) {
  process.stderr.write(`no such candidate: ${task} ${name}\n`);
  process.exit(1);
}
const texts = readRows(chosen.rows).map(({ text }) => text);
process.stdout.write(`\n${JSON.stringify(await measureCandidate(candidate, texts))}\n`);

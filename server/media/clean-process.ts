/** The cleaning process: one file in on standard input, what is kept of it out on standard output, then it ends. */
import { MEDIA_KINDS } from '../channels/media-rules.ts';
import { clean } from './clean.ts';
import { writeCleaned } from './cleaned.ts';

const sentAs = MEDIA_KINDS.find((kind) => kind === process.argv[2]);
if (sentAs === undefined) throw new RangeError('no such kind');

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) if (chunk instanceof Buffer) chunks.push(chunk);
process.stdout.write(writeCleaned(await clean(Buffer.concat(chunks), sentAs)));

/** `npm run transcripts:update`: writes the keys that come back today into every transcript; the diff is reviewed like code. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { loadRealAssets } from './assets.ts';
import { listTranscripts, playTranscript, readTranscript, saidKeys, transcriptFolder } from './transcript.ts';

const assets = await loadRealAssets();
for (const name of listTranscripts()) {
  const path = join(transcriptFolder, name);
  const document = parseDocument(readFileSync(path, 'utf8'));
  const before = String(document);
  playTranscript(assets, readTranscript(name)).forEach((events, index) => {
    const list = document.createNode(saidKeys(events), { flow: true });
    document.setIn(['turns', index, 'bot'], list);
  });
  const after = document.toString({ lineWidth: 0 });
  if (after === before) continue;
  writeFileSync(path, after);
  process.stdout.write(`${name} rewritten\n`);
}

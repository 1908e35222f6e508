/**
 * `npm run transcripts:update`: writes the keys that come back today into every transcript, and beside it the texts to read
 * aloud; the diff is reviewed like code.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { parseDocument } from 'yaml';
import type { Assets } from '../../bot/index.ts';
import { loadRealAssets } from './assets.ts';
import { playTranscript, saidKeys } from './play-transcript.ts';
import { listTranscripts, readTranscript, transcriptFolder } from './transcript.ts';
import { keptText, listKeptTexts, readFolder, readTexts } from './transcript-text.ts';

const assets = await loadRealAssets();
for (const name of listTranscripts()) await updateKeys(assets, name);
updateTexts(assets);

async function updateKeys(assets: Assets, name: string): Promise<void> {
  const path = join(transcriptFolder, `${name}.yaml`);
  const transcript = readTranscript(name);
  const before = readFileSync(path, 'utf8');
  const document = parseDocument(before);
  const [first = 'vi', ...others] = transcript.languages;
  const keysIn = (language: string): readonly (readonly string[])[] =>
    playTranscript(assets, transcript, language).map(saidKeys);
  const keys = keysIn(first);
  const changed = keys
    .map((said, index) => ({ said, index }))
    .filter(({ said, index }) => !isSame(said, transcript.turns[index]?.bot ?? []));
  for (const { said, index } of changed)
    document.setIn(['turns', index, 'bot'], document.createNode(said, { flow: true }));
  for (const language of others)
    keysIn(language).forEach((said, index) => {
      const wanted = keys[index] ?? [];
      if (isSame(said, wanted)) return;
      process.stdout.write(
        `${name}, turn ${index + 1}: ${first} says ${wanted.join(', ')}, ${language} says ${said.join(', ')}\n`,
      );
      process.exitCode = 1;
    });
  if (changed.length === 0) return;
  // laid out as prettier does it, or the next format would change the file again
  const after = await format(document.toString({ lineWidth: 0 }), {
    ...(await resolveConfig(path)),
    filepath: path,
  });
  writeFileSync(path, after);
  process.stdout.write(`${name}.yaml rewritten\n`);
}

function updateTexts(assets: Assets): void {
  mkdirSync(readFolder, { recursive: true });
  const texts = readTexts(assets);
  for (const { file, text } of texts) {
    if (keptText(file) === text) continue;
    writeFileSync(join(readFolder, file), text);
    process.stdout.write(`read/${file} rewritten\n`);
  }
  const files = new Set(texts.map(({ file }) => file));
  for (const file of listKeptTexts()) {
    if (files.has(file)) continue;
    rmSync(join(readFolder, file));
    process.stdout.write(`read/${file} removed\n`);
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index]);
}

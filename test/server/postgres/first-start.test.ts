import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startEmbedded } from '../../../server/postgres/embedded.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ht-first-'));
  chmodSync(folder, 0o711);
  folders.push(folder);
  return folder;
}

async function startOnce(dataDir: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const onProgress = (line: string): void => void lines.push(line);
  const server = await startEmbedded({ dataDir, durable: true, maxConnections: 5, onProgress });
  await server.stop();
  return lines;
}

const setAside = (dataDir: string): readonly string[] =>
  readdirSync(dataDir).filter((name) => name.includes('unfinished'));

describe('the embedded server on its first start', () => {
  it('makes the database in an empty folder, and finds it the second time', async () => {
    const dataDir = newFolder();
    expect(await startOnce(dataDir)).toEqual(['Creating the database (first start only).']);
    expect(setAside(dataDir)).toEqual([]);
    expect(await startOnce(dataDir)).toEqual([]);
  }, 60_000);

  it('keeps what lies there without its marker, and says where', async () => {
    const dataDir = newFolder();
    mkdirSync(path.join(dataDir, 'postgres', 'base'), { recursive: true });
    writeFileSync(path.join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
    const lines = await startOnce(dataDir);
    const [aside] = setAside(dataDir);
    expect(lines[1]).toContain(aside);
    expect(existsSync(path.join(dataDir, aside ?? '', 'PG_VERSION'))).toBe(true);
  }, 60_000);
});

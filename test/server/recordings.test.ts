/** Which recording of a text a platform is told to fetch. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLog } from '../../server/log.ts';
import { type FindRecording, readRecordings } from '../../server/recordings.ts';
import { m4aVoice, mp3Song, oggVoice } from '../support/media-samples.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ht-recordings-'));
const logged: string[] = [];
const log = createLog({ level: 'info', destination: { write: (line) => void logged.push(line) } });
const PATH = 'content/audio/vi/welcome.hello.ogg';

let find: FindRecording;
beforeAll(async () => {
  mkdirSync(path.join(folder, 'vi'));
  mkdirSync(path.join(folder, 'hmn', 'deep'), { recursive: true });
  const files: readonly (readonly [string, Buffer])[] = [
    ['vi/welcome.hello.ogg', await oggVoice()],
    ['vi/welcome.hello.m4a', await m4aVoice()],
    ['vi/only.song.mp3', mp3Song()],
    ['vi/fake.ogg', Buffer.from('no sound at all')],
    ['vi/notes.txt', Buffer.from('x')],
    ['hmn/deep/lost.ogg', await oggVoice()],
  ];
  for (const [name, bytes] of files) writeFileSync(path.join(folder, name), bytes);
  find = await readRecordings(folder, 'https://hoi.example.org', log);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a recording', () => {
  it.each([
    ['in the format that is played best', PATH, ['ogg', 'mp3', 'm4a'], 'vi/welcome.hello.ogg'],
    ['in another format beside it', PATH, ['m4a', 'mp3'], 'vi/welcome.hello.m4a'],
    [
      'in the next format when there is no better',
      'content/audio/vi/only.song.mp3',
      ['m4a', 'mp3'],
      'vi/only.song.mp3',
    ],
  ] as const)('is found %s', (_what, asked, formats, file) => {
    const found = find(asked, formats);
    expect(found).toMatchObject({ url: `https://hoi.example.org/audio/${file}`, format: file.slice(-3) });
    expect(found?.durationMs).toBeGreaterThan(0);
  });

  it.each([
    ['in no format the platform plays', 'content/audio/vi/only.song.mp3', ['ogg']],
    ['where the platform plays none', PATH, []],
    ['that is not there', 'content/audio/vi/other.ogg', ['ogg']],
    ['that is no sound', 'content/audio/vi/fake.ogg', ['ogg']],
    ['outside its folder', 'content/audio/../secret.ogg', ['ogg']],
    ['deeper down', 'content/audio/hmn/deep/lost.ogg', ['ogg']],
  ] as const)('is not found %s', (_what, asked, formats) => {
    expect(find(asked, formats)).toBeNull();
  });

  it('that cannot be read is told by its name', () => {
    expect(logged).toEqual([expect.stringMatching(/recording_unreadable.*vi\/fake\.ogg/)]);
  });

  it.each([null, 'http://localhost:3000'])(
    'is not offered under %s, where no platform comes',
    async (publicUrl) => {
      expect((await readRecordings(folder, publicUrl, log))(PATH, ['ogg'])).toBeNull();
    },
  );

  it('is missed without harm when there is no folder', async () => {
    const none = await readRecordings(path.join(folder, 'none'), 'https://hoi.example.org', log);
    expect(none(PATH, ['ogg'])).toBeNull();
  });
});

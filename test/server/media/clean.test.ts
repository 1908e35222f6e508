import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';
import sharp from 'sharp';
import type { MediaKind } from '../../../server/channels/media-rules.ts';
import { clean } from '../../../server/media/clean.ts';
import { CLEANING_FLAGS, cleanInProcess } from '../../../server/media/cleaner.ts';
import type { Cleaned } from '../../../server/media/cleaned.ts';
import {
  amrVoice,
  animatedGif,
  HTML,
  jpegWithPlace,
  m4aVoice,
  MARK,
  mp3Song,
  mp4Film,
  oggVoice,
  PDF,
  picture,
  pngBomb,
  PROGRAM,
  SVG,
} from '../../support/media-samples.ts';

// a process for each file, on a machine that others use too
jest.setTimeout(60_000);

async function keep(bytes: Buffer, sentAs: MediaKind): Promise<Extract<Cleaned, { kind: 'kept' }>> {
  const cleaned = await cleanInProcess(bytes, sentAs);
  if (cleaned.kind !== 'kept') throw new Error(JSON.stringify(cleaned));
  return cleaned;
}

describe('a picture', () => {
  it('loses place, maker and description, and is turned the right way round', async () => {
    const sent = await jpegWithPlace();
    const before = await sharp(sent).metadata();
    expect([before.exif === undefined, before.orientation, sent.includes(MARK)]).toEqual([false, 6, true]);

    const { content, mediaType, shownAs } = await keep(sent, 'image');

    expect([mediaType, shownAs]).toEqual(['image/jpeg', 'picture']);
    const after = await sharp(content).metadata();
    expect(after).toMatchObject({ format: 'jpeg', width: 40, height: 60 });
    expect([after.exif, after.xmp, after.iptc, after.icc, after.orientation]).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(content.includes(MARK)).toBe(false);
    // red was on the left; turned by 90° it is at the top
    const { dominant } = await sharp(
      await sharp(content).extract({ left: 0, top: 0, width: 40, height: 20 }).toBuffer(),
    ).stats();
    expect(dominant.r).toBeGreaterThan(200);
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    'is read as %s whatever it was called',
    async (format) => {
      const { content, preview } = await keep(await picture(format), 'image');
      expect(await sharp(content).metadata()).toMatchObject({ format: 'jpeg', width: 64, height: 48 });
      expect(await sharp(preview ?? Buffer.alloc(0)).metadata()).toMatchObject({ format: 'jpeg', width: 24 });
      expect(preview?.length).toBeLessThan(1_500);
    },
  );

  it('that moves is its first frame', async () => {
    const { content } = await keep(await animatedGif(), 'sticker');
    const { dominant } = await sharp(content).stats();
    expect([dominant.r > 200, dominant.b < 60]).toEqual([true, true]);
  });

  it('is made no larger than anybody needs', async () => {
    const { content } = await keep(await picture('png', 6_000, 100), 'image');
    expect(await sharp(content).metadata()).toMatchObject({ width: 3_000, height: 50 });
  });

  it('with a second file behind it keeps only its pixels', async () => {
    const sent = Buffer.concat([await picture('jpeg'), Buffer.from('PK\x03\x04'), Buffer.from(MARK), HTML]);
    const { content } = await keep(sent, 'image');
    expect([content.includes(MARK), content.includes('<html')]).toEqual([false, false]);
  });
});

describe('a sound', () => {
  it.each([
    ['a voice note of Telegram', oggVoice, 'voice', 'audio/ogg'],
    ['a voice note of LINE or Messenger', m4aVoice, 'audio', 'audio/mp4'],
    ['a song', () => Promise.resolve(mp3Song()), 'audio', 'audio/mpeg'],
  ] as const)('%s stays sound and loses its labels', async (_name, make, sentAs, mediaType) => {
    const sent = await make();
    expect(sent.includes(MARK)).toBe(true);

    const kept = await keep(sent, sentAs);

    expect(kept).toMatchObject({ shownAs: 'voice', mediaType, preview: null });
    expect(kept.content.includes(MARK)).toBe(false);
    const input = new Input({ source: new BufferSource(kept.content), formats: ALL_FORMATS });
    const original = new Input({ source: new BufferSource(sent), formats: ALL_FORMATS });
    expect(await input.computeDuration()).toBeCloseTo(await original.computeDuration(), 1);
    expect(kept.durationMs).toBe(Math.round((await input.computeDuration()) * 1000));
  });

  it('in AMR keeps its frames and nothing behind them', async () => {
    const { content, durationMs, mediaType } = await keep(amrVoice(), 'voice');
    expect({ durationMs, mediaType, bytes: content.length }).toEqual({
      durationMs: 2_000,
      mediaType: 'audio/amr',
      bytes: 6 + 100 * 13,
    });
  });
});

describe('a film', () => {
  it('is written anew without place, title and device', async () => {
    const sent = await mp4Film();
    expect([sent.includes(MARK), sent.includes('+21.01667')]).toEqual([true, true]);
    const { content, shownAs, mediaType } = await keep(sent, 'video');
    expect([shownAs, mediaType]).toEqual(['video', 'video/mp4']);
    expect([content.includes(MARK), content.includes('+21.01667')]).toEqual([false, false]);
  });
});

describe('a paper', () => {
  it.each([
    ['PDF', PDF, 'application/pdf'],
    ['plain text', Buffer.from('Hợp đồng lao động\nĐiều 1'), 'text/plain; charset=utf-8'],
  ])('%s is kept as it is, to be saved and never shown in place', async (_name, sent, mediaType) => {
    expect(await keep(sent, 'file')).toMatchObject({
      shownAs: 'file',
      mediaType,
      content: sent,
      preview: null,
    });
  });

  it('that is a picture is treated as one', async () => {
    expect(await keep(await jpegWithPlace(), 'file')).toMatchObject({ shownAs: 'picture' });
  });
});

describe('what is not kept', () => {
  const cut = async (): Promise<Buffer> => (await picture('jpeg', 400, 300)).subarray(0, 700);
  it.each<[string, MediaKind, () => Buffer | Promise<Buffer>, string]>([
    ['a web page instead of a picture', 'image', () => HTML, 'wrong_type'],
    ['a drawing that can run code', 'image', () => SVG, 'wrong_type'],
    ['a drawing that can run code, as a file', 'file', () => SVG, 'kind_not_kept'],
    ['a web page as a file', 'file', () => HTML, 'kind_not_kept'],
    ['a program', 'file', () => PROGRAM, 'kind_not_kept'],
    ['a picture instead of a voice', 'voice', () => picture('png'), 'wrong_type'],
    ['a paper instead of a picture', 'image', () => PDF, 'wrong_type'],
    ['a picture that is cut off', 'image', cut, 'damaged'],
    [
      'a picture of which only the first bytes are right',
      'image',
      () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), Buffer.alloc(300, 7)]),
      'damaged',
    ],
    ['a sound that is cut off', 'voice', async () => (await oggVoice()).subarray(0, 60), 'damaged'],
    ['a small file of 144 million pixels', 'image', pngBomb, 'too_many_pixels'],
    ['nothing', 'image', () => Buffer.alloc(0), 'wrong_type'],
  ])('is %s (%s)', async (_name, sentAs, make, reason) => {
    expect(await clean(await make(), sentAs)).toEqual({ kind: 'refused', reason });
  });
});

describe('the cleaning process', () => {
  it('may not write, read what is not ours, start anything, or see our environment', () => {
    const file = path.join(tmpdir(), `hoi-truoc-${randomUUID()}`);
    const script = `
      const { readFileSync, writeFileSync } = require('node:fs');
      const { spawnSync } = require('node:child_process');
      const { Worker } = require('node:worker_threads');
      const told = [
        () => writeFileSync(${JSON.stringify(file)}, 'x'),
        () => readFileSync('/etc/passwd'),
        () => spawnSync('true'),
        () => new Worker('0', { eval: true }),
      ].map((one) => { try { one(); return 'allowed'; } catch (error) { return error.code; } });
      console.log(JSON.stringify([told, Object.keys(process.env)]));`;
    const { stdout } = spawnSync(process.execPath, [...CLEANING_FLAGS, '-e', script], {
      env: {},
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual([Array.from({ length: 4 }, () => 'ERR_ACCESS_DENIED'), []]);
    expect(existsSync(file)).toBe(false);
  });

  it('is ended when it takes too long, and nothing else is', async () => {
    expect(await cleanInProcess(await picture('png'), 'image', { timeLimitMs: 1 })).toEqual({
      kind: 'failed',
    });
  });

  it('is ended with the work it was for', async () => {
    const stop = new AbortController();
    const cleaning = cleanInProcess(await picture('png'), 'image', { signal: stop.signal });
    stop.abort();
    expect(await cleaning).toEqual({ kind: 'failed' });
  });
});

/** Recordings of texts under content/audio, with what a platform must be told to fetch and play them. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { BufferSource, Input, MP3, MP4, OGG } from 'mediabunny';
import { AUDIO_FORMATS, type AudioFormat, type Recording } from './channels/adapter.ts';
import type { Log } from './log.ts';
import { AUDIO_ROUTE } from './webchat/audio.ts';

/**
 * @param audioPath as a text names it: `content/audio/vi/welcome.hello.ogg`; other formats of it lie beside it under the same name
 * @param formats what the platform plays, best first
 * @returns null when there is none of these
 */
export type FindRecording = (audioPath: string, formats: readonly AudioFormat[]) => Recording | null;

const PATH = /^content\/audio\/([A-Za-z0-9-]+\/[a-z0-9.-]+)\.(?:ogg|mp3|m4a)$/;
const FILE = new RegExp(`^([a-z0-9.-]+)\\.(${AUDIO_FORMATS.join('|')})$`);

/**
 * Reads every recording once, for its duration; a file that is none is told in the log and never offered.
 * @param folder content/audio; may be missing
 * @param publicUrl where platforms reach us; when it is not https, or null, nothing is offered: they would refuse it
 */
export async function readRecordings(
  folder: string,
  publicUrl: string | null,
  log: Log,
): Promise<FindRecording> {
  const known = new Map<string, Recording>();
  const isReachable = publicUrl !== null && publicUrl.startsWith('https://');
  for (const { language, name, format } of isReachable ? await listFiles(folder) : []) {
    const file = `${language}/${name}.${format}`;
    const durationMs = await measure(await readFile(path.join(folder, file)));
    if (durationMs === null) log.warn({ event: 'recording_unreadable', name: file });
    else known.set(file, { url: `${publicUrl}${AUDIO_ROUTE}/${file}`, format, durationMs });
  }
  return (audioPath, formats) => {
    const stem = PATH.exec(audioPath)?.[1];
    if (stem === undefined) return null;
    for (const format of formats) {
      const found = known.get(`${stem}.${format}`);
      if (found !== undefined) return found;
    }
    return null;
  };
}

interface File {
  language: string;
  name: string;
  format: AudioFormat;
}

async function listFiles(folder: string): Promise<File[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry): File[] => {
    const [, name, extension] = (entry.isFile() ? FILE.exec(entry.name) : null) ?? [];
    const format = AUDIO_FORMATS.find((one) => one === extension);
    const language = path.relative(folder, entry.parentPath);
    if (name === undefined || format === undefined || !/^[A-Za-z0-9-]+$/.test(language)) return [];
    return [{ language, name, format }];
  });
}

/** @returns null when it is no recording we know */
async function measure(bytes: Buffer): Promise<number | null> {
  try {
    using input = new Input({ source: new BufferSource(bytes), formats: [OGG, MP3, MP4] });
    const seconds = await input.computeDuration();
    return seconds > 0 ? Math.round(seconds * 1000) : null;
  } catch {
    return null;
  }
}

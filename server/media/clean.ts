/** Decides by the bytes alone what a file is, and makes of it what may be kept. Runs in the cleaning process only. */
import { fileTypeFromBuffer } from 'file-type';
import type { MediaKind } from '../channels/media-rules.ts';
import { cleanImage } from './clean-image.ts';
import { cleanAmr, cleanTrack } from './clean-track.ts';
import type { Cleaned } from './cleaned.ts';

const IMAGES = new Set(['jpg', 'png', 'apng', 'webp', 'gif', 'avif']);
const SOUNDS = new Set([
  'opus',
  'ogg',
  'oga',
  'mp3',
  'm4a',
  'aac',
  'wav',
  'flac',
  'amr',
  'spx',
  'f4a',
  'm4b',
]);
const FILMS = new Set(['mp4', 'm4v', 'mov', 'webm', 'mkv', '3gp', '3g2', 'ogv', 'f4v']);
/** Contracts, visa papers, tickets, lists. They cannot be written anew, so they are kept as they are and never shown in place. */
const PAPERS = new Map([
  ['pdf', 'application/pdf'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['odp', 'application/vnd.oasis.opendocument.presentation'],
  ['rtf', 'application/rtf'],
  // the old formats of Word and Excel, which cannot be told apart by their first bytes
  ['cfb', 'application/x-cfb'],
]);

/** @param sentAs how the platform named it; a picture must be a picture, a `file` may be anything we keep */
export async function clean(bytes: Buffer, sentAs: MediaKind): Promise<Cleaned> {
  const found = (await fileTypeFromBuffer(bytes).catch(() => undefined))?.ext ?? '';
  const group = groupOf(found, bytes);
  // what telephones of one maker take pictures as: no free decoder for it is shipped, so it can only be kept as it is
  if (found === 'heic' && (sentAs === 'image' || sentAs === 'file')) return keep(bytes, 'image/heic');
  if (!FITS[sentAs].includes(group))
    return {
      kind: 'refused',
      reason: group === 'unknown' && sentAs === 'file' ? 'kind_not_kept' : 'wrong_type',
    };
  switch (group) {
    case 'image':
      return cleanImage(bytes);
    case 'sound':
      return found === 'amr' ? cleanAmr(bytes) : cleanTrack(bytes, 'voice');
    case 'film':
      return cleanTrack(bytes, sentAs === 'voice' || sentAs === 'audio' ? 'voice' : 'video');
    case 'paper':
      return keep(bytes, PAPERS.get(found) ?? 'application/octet-stream');
    case 'text':
      return keep(bytes, 'text/plain; charset=utf-8');
    case 'unknown':
      return { kind: 'refused', reason: 'kind_not_kept' };
  }
}

type Group = 'image' | 'sound' | 'film' | 'paper' | 'text' | 'unknown';

/** Recordings of telephones often come in the container of a film. */
const FITS: Readonly<Record<MediaKind, readonly Group[]>> = {
  image: ['image'],
  sticker: ['image'],
  voice: ['sound', 'film'],
  audio: ['sound', 'film'],
  video: ['film', 'image'],
  file: ['image', 'sound', 'film', 'paper', 'text', 'unknown'],
};

function groupOf(extension: string, bytes: Buffer): Group {
  if (IMAGES.has(extension)) return 'image';
  if (SOUNDS.has(extension)) return 'sound';
  if (FILMS.has(extension)) return 'film';
  if (PAPERS.has(extension)) return 'paper';
  return extension === '' && isPlainText(bytes) ? 'text' : 'unknown';
}

/** UTF-8 without control characters, and no markup: a web page or a drawing that runs code is text as well. */
function isPlainText(bytes: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return !/[\u0000-\u0008\u000e-\u001f]/.test(text) && !/<[a-z!?/]/i.test(text) && !text.startsWith('#!');
  } catch {
    return false;
  }
}

function keep(bytes: Buffer, mediaType: string): Cleaned {
  return { kind: 'kept', shownAs: 'file', mediaType, durationMs: null, content: bytes, preview: null };
}

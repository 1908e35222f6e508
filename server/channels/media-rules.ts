/** What may be fetched of what people send: which hosts, how large, how soon. Data, each row with its source. */
import type { ChannelName, InboundAttachment } from './adapter.ts';

/** Kinds that have a file behind them; a place or a business card is all in the event. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'voice', 'file', 'sticker'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

const MB = 1024 * 1024;

/**
 * Largest file taken, in bytes. A photo that went through a messenger has a few hundred kB and one sent uncompressed rarely 8 MB;
 * the rest is what the platforms themselves let people send (Messenger 25 MB) and what one process can hold in memory twice.
 */
export const MAX_MEDIA_BYTES: Readonly<Record<MediaKind, number>> = {
  image: 10 * MB,
  sticker: 2 * MB,
  voice: 25 * MB,
  audio: 25 * MB,
  video: 25 * MB,
  file: 25 * MB,
};

/** One message carries an album at most; more is somebody filling our disk. */
export const MAX_FILES_PER_MESSAGE = 10;

export interface MediaRule {
  /** a file may come from these hosts and every host below them; beside them only from the base addresses of the configuration */
  hosts: readonly string[];
  /** below `MAX_MEDIA_BYTES` where the platform itself gives less */
  maxBytes: number;
  /** what has waited longer than this may be gone at the platform: such files are fetched first */
  fetchWithinMs: number;
  source: string;
}

const HOUR_MS = 3_600_000;

/** The host of a link is checked before each request, and again after each redirect. */
export const MEDIA_RULES: Readonly<Record<ChannelName, MediaRule>> = {
  zalo: {
    hosts: ['zdn.vn', 'zadn.vn', 'dlfl.vn', 'flchat.vn', 'dlmd.me', 'zalo.me'],
    maxBytes: 25 * MB,
    fetchWithinMs: HOUR_MS,
    source:
      'Zalo names no hosts and no time: its delivery hosts as seen in links of official accounts and of file transfers, November 2026. A link elsewhere is refused and shown as such.',
  },
  messenger: {
    hosts: ['fbcdn.net', 'fbsbx.com'],
    maxBytes: 25 * MB,
    fetchWithinMs: HOUR_MS,
    source:
      'Messenger Platform: 25 MB for each attachment; links are signed and run out. Hosts of Meta for delivered files, as seen in published webhook bodies.',
  },
  telegram: {
    hosts: [],
    maxBytes: 20 * MB,
    fetchWithinMs: 24 * HOUR_MS,
    source: 'Bot API, getFile: 20 MB; the file id stays valid, the path behind it for at least an hour.',
  },
  line: {
    hosts: [],
    maxBytes: 25 * MB,
    fetchWithinMs: 2 * HOUR_MS,
    source: 'Messaging API, content: deleted after a time that is not published.',
  },
  web: { hosts: [], maxBytes: 0, fetchWithinMs: HOUR_MS, source: 'The web page takes no files.' },
};

/** @returns bytes; what is larger is neither asked for nor read to its end */
export function mediaLimit(channel: ChannelName, kind: MediaKind): number {
  return Math.min(MAX_MEDIA_BYTES[kind], MEDIA_RULES[channel].maxBytes);
}

/** Is there something to fetch? A sticker without an address, or a place, is shown by its kind only. */
export function hasFile(
  attachment: InboundAttachment,
): attachment is InboundAttachment & { type: MediaKind } {
  const { type, ref, url } = attachment;
  return isMediaKind(type) && (ref !== null || url !== undefined);
}

function isMediaKind(type: string): type is MediaKind {
  const kinds: readonly string[] = MEDIA_KINDS;
  return kinds.includes(type);
}

/** @param bases addresses named in the configuration: their origin is allowed too, for a fake on loopback */
export function mayFetchFrom(address: string, hosts: readonly string[], bases: readonly string[]): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (bases.some((base) => URL.parse(base)?.origin === url.origin)) return true;
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
}

/** Files people sent: the blurred hint for everybody at the desk who may read the conversation, the file itself with an audit row. */
import type { Response } from 'express';
import { appendAudit } from '../store/audit.ts';
import { readDeskItem } from '../store/desk.ts';
import { readStoredMedia } from '../store/media.ts';
import { EmptySchema, MediaParamsSchema } from './contract.ts';
import { mayRead } from './conversations.ts';
import { type RawCall, type Route, sendRefusal } from './route.ts';

const SHARED = {
  method: 'get',
  permission: 'texts',
  assurance: 'factor',
  params: MediaParamsSchema,
  body: EmptySchema,
  output: null,
} as const;

export const mediaRoutes: readonly Route[] = [
  {
    ...SHARED,
    path: '/conversations/:id/media/:mediaId/preview',
    summary: 'A few pixels of a picture, blurred: shown in its place until somebody asks for it.',
    produces: 'image/jpeg',
    audit: null,
    refusals: ['not_found'],
    serve: servePreview,
  },
  {
    ...SHARED,
    path: '/conversations/:id/media/:mediaId/content',
    summary:
      'The file: pictures and voice to be shown in place, everything else to be saved. Each opening is audited before a byte is sent.',
    produces: 'application/octet-stream',
    audit: 'media_opened',
    refusals: ['not_found', 'media_store_failed'],
    serve: serveContent,
  },
];

async function servePreview(call: RawCall): Promise<void> {
  const { request, response, actor, tools } = call;
  const params = MediaParamsSchema.safeParse(request.params).data;
  if (params === undefined || actor === null || hasQuery(call)) {
    sendRefusal(response, { code: 'not_found' });
    return;
  }
  const item = await readDeskItem(tools.pool, tools.vault, params.id);
  const media =
    item !== null && mayRead(actor, item)
      ? await readStoredMedia(tools.pool, tools.vault, params.id, params.mediaId)
      : null;
  const preview = media?.preview ?? null;
  if (preview === null) sendRefusal(response, { code: 'not_found' });
  else sendBytes(response, preview, 'image/jpeg', 'inline');
}

async function serveContent(call: RawCall): Promise<void> {
  const { request, response, actor, tools } = call;
  // another site could make a browser open a file, and the audit would name whoever sits in front of it
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') {
    sendRefusal(response, { code: 'cross_site' });
    return;
  }
  const params = MediaParamsSchema.safeParse(request.params).data;
  if (params === undefined || actor === null || hasQuery(call)) {
    sendRefusal(response, { code: 'not_found' });
    return;
  }
  const media = await tools.transact(async (client) => {
    const item = await readDeskItem(client, tools.vault, params.id);
    if (item === null || !mayRead(actor, item)) return null;
    const found = await readStoredMedia(client, tools.vault, params.id, params.mediaId);
    if (found === null) return null;
    await appendAudit(client, {
      at: tools.clock.now(),
      userId: actor.userId,
      action: 'media_opened',
      objectKind: 'conversation',
      objectId: params.id,
      detail: { mediaId: found.id, kind: found.kind, shownAs: found.shownAs },
    });
    return found;
  });
  if (media === null) {
    sendRefusal(response, { code: 'not_found' });
    return;
  }
  const bytes = await tools.readMedia(media);
  const isShown = media.shownAs === 'picture' || media.shownAs === 'voice';
  if (isShown) sendBytes(response, bytes, media.mediaType, 'inline');
  else sendBytes(response, bytes, 'application/octet-stream', fileNameOf(media.id, media.mediaType));
}

function hasQuery({ request }: RawCall): boolean {
  return Object.keys(request.query).length > 0;
}

/** @param disposition `inline`, or the name to save it under */
function sendBytes(response: Response, bytes: Buffer, mediaType: string, disposition: string): void {
  response.status(200).set({
    'content-type': mediaType,
    'content-length': String(bytes.length),
    'content-disposition': disposition === 'inline' ? 'inline' : `attachment; filename="${disposition}"`,
    // opened by itself in a window it can do nothing and fetch nothing
    'content-security-policy': `default-src 'none'; sandbox`,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  });
  response.end(bytes);
}

/** The sender's own name for it stays behind: it can hold a person's name, or pretend to be another kind of file. */
function fileNameOf(mediaId: string, mediaType: string): string {
  return `tep-${mediaId.slice(-8)}.${EXTENSIONS[mediaType] ?? 'bin'}`;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'application/pdf': 'pdf',
  'application/rtf': 'rtf',
  'application/x-cfb': 'doc',
  'image/heic': 'heic',
  'text/plain; charset=utf-8': 'txt',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
  'application/vnd.oasis.opendocument.text': 'odt',
  'application/vnd.oasis.opendocument.spreadsheet': 'ods',
  'application/vnd.oasis.opendocument.presentation': 'odp',
};

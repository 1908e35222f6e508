/** A picture written anew: only pixels come through, turned the right way round; and a blurred hint of it. */
import sharp from 'sharp';
import type { Cleaned } from './cleaned.ts';

/**
 * 50 megapixels is the largest telephone camera in common use; four bytes each are 200 MB, which the process may have. A picture
 * that claims more is refused before its pixels are unpacked.
 */
const MAX_PIXELS = 50_000_000;
/** The small print of a photographed contract stays readable. */
const MAX_SIDE = 3_000;
const QUALITY = 85;
/** Shapes and colours can be guessed, faces and words cannot. */
const PREVIEW_SIDE = 24;
const TIMEOUT_S = 20;

/** What the sniffed types are read with; everything else libvips can do is switched off, vector graphics and PDF among it. */
const LOADERS = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadNsgif',
  'VipsForeignLoadHeif',
];

export async function cleanImage(bytes: Buffer): Promise<Cleaned> {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
  sharp.cache(false);
  sharp.concurrency(1);
  try {
    // `pages` 1: of what moves, the first picture
    const read = () => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'truncated', pages: 1 });
    const { width, height } = await read().metadata();
    if (width * height > MAX_PIXELS) return { kind: 'refused', reason: 'too_many_pixels' };
    // no `keepMetadata`: without it nothing but pixels is written, in sRGB
    const content = await read()
      .autoOrient()
      .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
      .timeout({ seconds: TIMEOUT_S })
      .toBuffer();
    const preview = await sharp(content)
      .resize(PREVIEW_SIDE, PREVIEW_SIDE, { fit: 'inside' })
      .blur(1)
      .jpeg({ quality: 60 })
      .toBuffer();
    return {
      kind: 'kept',
      shownAs: 'picture',
      mediaType: 'image/jpeg',
      durationMs: null,
      content,
      preview,
    };
  } catch (error) {
    const isTooLarge = error instanceof Error && /pixel limit/i.test(error.message);
    return { kind: 'refused', reason: isTooLarge ? 'too_many_pixels' : 'damaged' };
  }
}

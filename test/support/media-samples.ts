/** Small real files for tests: pictures, sounds, films and papers, each with something in it that must not survive. */
import { crc32, deflateSync } from 'node:zlib';
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
} from 'mediabunny';
import sharp, { type Sharp } from 'sharp';

/** Stands in every kind of metadata of these samples. */
export const MARK = 'KHONG-DUOC-CON';
const TAGS = { title: MARK, comment: MARK, artist: MARK, date: new Date('2026-01-02T00:00:00Z') };

/** 60 × 40, red on the left and blue on the right, turned on its side by EXIF, with a place and a description. */
export async function jpegWithPlace(): Promise<Buffer> {
  const right = await solid(30, 40, '#0000ff').png().toBuffer();
  return solid(60, 40, '#ff0000')
    .composite([{ input: right, left: 30, top: 0 }])
    .withExif({
      IFD0: { ImageDescription: MARK, Make: MARK },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '21/1 1/1 0/1',
        GPSLongitudeRef: 'E',
        GPSLongitude: '105/1 50/1 0/1',
      },
    })
    .withMetadata({ orientation: 6 })
    .withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${MARK}</x:xmpmeta>`)
    .jpeg({ quality: 95 })
    .toBuffer();
}

export function picture(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif',
  width = 64,
  height = 48,
): Promise<Buffer> {
  return solid(width, height, '#22aa66').toFormat(format).toBuffer();
}

/** Two frames: red, then blue. */
export async function animatedGif(): Promise<Buffer> {
  const frames = await Promise.all(
    ['#ff0000', '#0000ff'].map((colour) => solid(20, 20, colour).png().toBuffer()),
  );
  return sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
}

function solid(width: number, height: number, background: string): Sharp {
  return sharp({ create: { width, height, channels: 3, background } });
}

/** 144 million pixels of nothing in some 20 kB: what a decompression bomb is. */
export function pngBomb(): Buffer {
  const side = 12_000;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // one bit for each pixel, grey
  header.writeUInt8(1, 8);
  const rows = deflateSync(Buffer.alloc(side * (1 + side / 8)));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    ...[pngChunk('IHDR', header), pngChunk('IDAT', rows), pngChunk('IEND', Buffer.alloc(0))],
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** 2 s of silence, as a voice note of Telegram comes. */
export function oggVoice(): Promise<Buffer> {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(1, 9);
  head.writeUInt16LE(312, 10);
  head.writeUInt32LE(48_000, 12);
  const config = { codec: 'opus', numberOfChannels: 1, sampleRate: 48_000, description: head };
  return mux(new OggOutputFormat(), 'opus', Buffer.from([0xf8, 0xff, 0xfe]), 0.02, config);
}

/** As LINE and Messenger give voice notes. */
export function m4aVoice(): Promise<Buffer> {
  const config = {
    codec: 'mp4a.40.2',
    numberOfChannels: 1,
    sampleRate: 48_000,
    description: Buffer.from([0x11, 0x88]),
  };
  return mux(
    new Mp4OutputFormat({ fastStart: 'in-memory' }),
    'aac',
    Buffer.from('01402280a37ff9', 'hex'),
    1024 / 48_000,
    config,
  );
}

async function mux(
  format: OutputFormat,
  codec: 'opus' | 'aac',
  frame: Buffer,
  seconds: number,
  decoderConfig: AudioDecoderConfig,
): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format, target });
  const source = new EncodedAudioPacketSource(codec);
  output.addAudioTrack(source, { name: MARK });
  output.setMetadataTags(TAGS);
  await output.start();
  const packets = Math.round(2 / seconds);
  for (let index = 0; index < packets; index += 1)
    await source.add(new EncodedPacket(frame, 'key', index * seconds, seconds), { decoderConfig });
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** One second of a film whose frames nobody decodes here; its place stands in the container, as telephones write it. */
export async function mp4Film(): Promise<Buffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
  const source = new EncodedVideoPacketSource('avc');
  output.addVideoTrack(source, { name: MARK, frameRate: 10 });
  output.setMetadataTags({ ...TAGS, raw: { '©xyz': '+21.01667+105.8333/' } });
  await output.start();
  const decoderConfig = {
    codec: 'avc1.42c01e',
    codedWidth: 176,
    codedHeight: 144,
    description: Buffer.from('0142c01effe1000967 42c01eda02c4fe4001000468ce3c80'.replaceAll(' ', ''), 'hex'),
  };
  for (let index = 0; index < 10; index += 1)
    await source.add(new EncodedPacket(Buffer.from('0000000565888400ff', 'hex'), 'key', index / 10, 0.1), {
      decoderConfig,
    });
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** ID3 in front, frames of silence, ID3v1 behind. */
export function mp3Song(): Buffer {
  const title = Buffer.concat([Buffer.from([3]), Buffer.from(MARK)]);
  const frame = Buffer.concat([
    Buffer.from('TIT2\0\0\0', 'latin1'),
    Buffer.from([title.length, 0, 0]),
    title,
  ]);
  const header = Buffer.concat([Buffer.from('ID3\x03\0\0\0\0\0', 'latin1'), Buffer.from([frame.length])]);
  const sound = Buffer.alloc(417);
  sound.writeUInt32BE(0xfffb9000);
  const tail = Buffer.alloc(128);
  tail.write(`TAG${MARK}`, 'latin1');
  return Buffer.concat([header, frame, ...Array.from({ length: 40 }, () => sound), tail]);
}

/** As Zalo's older voice notes; words hidden behind the last frame. */
export function amrVoice(): Buffer {
  const frame = Buffer.alloc(13);
  frame.writeUInt8(0x04, 0);
  return Buffer.concat([
    Buffer.from('#!AMR\n'),
    ...Array.from({ length: 100 }, () => frame),
    Buffer.from([0xff]),
    Buffer.from(MARK),
  ]);
}

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');
export const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
export const HTML = Buffer.from('<!doctype html><html><body>Sign in to continue</body></html>');
/** the first bytes of a program for Windows */
export const PROGRAM = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(200)]);

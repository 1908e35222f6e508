/**
 * Sound and film written anew, packet by packet, into a fresh container: nothing is encoded again, so a voice stays the voice it
 * was, and titles, places, devices and dates stay behind. Mediabunny reads and writes the containers; only AMR, which has none, is
 * done here.
 */
import {
  ADTS,
  AdtsOutputFormat,
  ALL_FORMATS,
  BufferSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FLAC,
  FlacOutputFormat,
  Input,
  type InputAudioTrack,
  type InputFormat,
  type InputVideoTrack,
  MATROSKA,
  MP3,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OGG,
  OggOutputFormat,
  Output,
  type OutputFormat,
  WAVE,
  WavOutputFormat,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import type { Cleaned } from './cleaned.ts';

/** @param shownAs `voice` keeps the sound only */
export async function cleanTrack(bytes: Buffer, shownAs: 'voice' | 'video'): Promise<Cleaned> {
  try {
    using input = new Input({ source: new BufferSource(bytes), formats: ALL_FORMATS });
    const target = new BufferTarget();
    const { format, name } = chooseFormat(await input.getFormat());
    const copied = await copyTracks(input, new Output({ format, target }), shownAs);
    if (!copied || target.buffer === null) return { kind: 'refused', reason: 'kind_not_kept' };
    const mediaType = `${shownAs === 'voice' ? 'audio' : 'video'}/${name}`;
    const content = Buffer.from(target.buffer);
    return { kind: 'kept', shownAs, mediaType, preview: null, content, durationMs: await measure(content) };
  } catch {
    return { kind: 'refused', reason: 'damaged' };
  }
}

/** A file stays what it was; Apple's and the telephones' older containers become the one that every browser plays. */
function chooseFormat(found: InputFormat): { format: OutputFormat; name: string } {
  if (found === OGG) return { format: new OggOutputFormat(), name: 'ogg' };
  if (found === MP3) return { format: new Mp3OutputFormat(), name: 'mpeg' };
  if (found === WAVE) return { format: new WavOutputFormat(), name: 'wav' };
  if (found === ADTS) return { format: new AdtsOutputFormat(), name: 'aac' };
  if (found === FLAC) return { format: new FlacOutputFormat(), name: 'flac' };
  if (found === WEBM || found === MATROSKA) return { format: new WebMOutputFormat(), name: 'webm' };
  return { format: new Mp4OutputFormat({ fastStart: 'in-memory' }), name: 'mp4' };
}

/** Packets only: names, languages and dates of a track are not passed on. @returns false when a track does not fit; @throws when there is none */
async function copyTracks(input: Input, output: Output, shownAs: 'voice' | 'video'): Promise<boolean> {
  const codecs: readonly string[] = output.format.getSupportedCodecs();
  const pumps: (() => Promise<void>)[] = [];
  // sound may begin a few milliseconds before zero, which not every container can say
  const startS = Math.min(0, await input.getFirstTimestamp());
  for (const track of await input.getAudioTracks()) {
    const codec = await track.getCodec();
    if (codec === null || !codecs.includes(codec)) return false;
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source);
    pumps.push(() => pumpSound(track, source, startS));
  }
  for (const track of shownAs === 'voice' ? [] : await input.getVideoTracks()) {
    const codec = await track.getCodec();
    if (codec === null || !codecs.includes(codec)) return false;
    const source = new EncodedVideoPacketSource(codec);
    output.addVideoTrack(source, { rotation: await track.getRotation() });
    pumps.push(() => pumpFilm(track, source, startS));
  }
  if (pumps.length === 0) throw new RangeError('no track');
  await output.start();
  // side by side, because the packets of all tracks are interleaved
  await Promise.all(pumps.map((pump) => pump()));
  await output.finalize();
  return true;
}

async function pumpSound(
  track: InputAudioTrack,
  source: EncodedAudioPacketSource,
  startS: number,
): Promise<void> {
  const decoderConfig = await track.getDecoderConfig();
  for await (const packet of new EncodedPacketSink(track).packets())
    await source.add(
      packet.clone({ timestamp: packet.timestamp - startS }),
      decoderConfig === null ? {} : { decoderConfig },
    );
  source.close();
}

async function pumpFilm(
  track: InputVideoTrack,
  source: EncodedVideoPacketSource,
  startS: number,
): Promise<void> {
  const decoderConfig = await track.getDecoderConfig();
  for await (const packet of new EncodedPacketSink(track).packets())
    await source.add(
      packet.clone({ timestamp: packet.timestamp - startS }),
      decoderConfig === null ? {} : { decoderConfig },
    );
  source.close();
}

async function measure(content: Buffer): Promise<number> {
  using written = new Input({ source: new BufferSource(content), formats: ALL_FORMATS });
  return Math.round((await written.computeDuration()) * 1000);
}

/** Bytes of a frame by its type, header included. Source: RFC 4867, 5 (3GPP TS 26.101, table 1a). */
const AMR_FRAME_BYTES = [13, 14, 16, 18, 20, 21, 27, 32, 6, 0, 0, 0, 0, 0, 0, 1];
const AMR_MAGIC = '#!AMR\n';
const AMR_FRAME_MS = 20;

/** Zalo's older voice notes: a magic word and frames of 20 ms, nothing else. Whatever is no frame is left behind. */
export function cleanAmr(bytes: Buffer): Cleaned {
  if (bytes.toString('latin1', 0, AMR_MAGIC.length) !== AMR_MAGIC)
    return { kind: 'refused', reason: 'wrong_type' };
  let end = AMR_MAGIC.length;
  let frames = 0;
  for (;;) {
    const header = bytes[end];
    const size =
      header === undefined || (header & 0x83) !== 0 ? 0 : (AMR_FRAME_BYTES[(header >> 3) & 15] ?? 0);
    if (size === 0 || end + size > bytes.length) break;
    end += size;
    frames += 1;
  }
  if (frames === 0) return { kind: 'refused', reason: 'damaged' };
  return {
    kind: 'kept',
    shownAs: 'voice',
    mediaType: 'audio/amr',
    durationMs: frames * AMR_FRAME_MS,
    content: bytes.subarray(0, end),
    preview: null,
  };
}

/** A short tone made here, no file: two soft notes, half a second, for somebody in imminent danger who begins to wait. */

/** Hz and s: a third upwards, quiet enough for a room with others who speak with people. */
const NOTES = [
  { hertz: 523, at: 0 },
  { hertz: 659, at: 0.22 },
] as const;
const NOTE_S = 0.28;
const LOUDNESS = 0.18;

/** @returns false: nobody has touched this page yet, and nothing sounded */
export type PlayTone = () => boolean;

export function createTone(): PlayTone {
  let context: AudioContext | null = null;
  // before somebody touched the page browsers let nothing sound, and neither do we
  let isTouched = false;
  for (const kind of ['pointerdown', 'keydown'] as const)
    document.addEventListener(kind, () => (isTouched = true), { once: true, capture: true, passive: true });
  return () => {
    if (!isTouched) return false;
    context ??= new AudioContext();
    const playing = context;
    void playing.resume().then(() => {
      for (const { hertz, at } of NOTES) playNote(playing, hertz, playing.currentTime + at);
    });
    return true;
  };
}

function playNote(playing: AudioContext, hertz: number, at: number): void {
  const oscillator = playing.createOscillator();
  const volume = playing.createGain();
  oscillator.frequency.value = hertz;
  // a sudden edge would click
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.03);
  volume.gain.linearRampToValueAtTime(0, at + NOTE_S);
  oscillator.connect(volume).connect(playing.destination);
  oscillator.start(at);
  oscillator.stop(at + NOTE_S);
}

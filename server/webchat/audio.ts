/** Recordings of texts, from content/audio: where they are on our host, and how they are served. */
import express, { type RequestHandler } from 'express';

export const AUDIO_ROUTE = '/audio';

const RECORDING = /^content\/audio(\/[A-Za-z0-9-]+\/[a-z0-9.-]+\.(?:ogg|mp3|m4a))$/;

/** `content/audio/vi/welcome.hello.ogg` → `/audio/vi/welcome.hello.ogg`; null for any other path. */
export function audioAddress(path: string): string | null {
  const name = RECORDING.exec(path)?.[1];
  return name === undefined ? null : `${AUDIO_ROUTE}${name}`;
}

/**
 * The same for everybody and without a trace of who listens, so it may be kept by the browser: a day, because an editor may
 * record it anew.
 */
export function serveAudio(folder: string): RequestHandler {
  return express.static(folder, {
    index: false,
    redirect: false,
    maxAge: 86_400_000,
    setHeaders: (response) => {
      response.setHeader('cross-origin-resource-policy', 'same-origin');
      response.setHeader('x-content-type-options', 'nosniff');
    },
  });
}

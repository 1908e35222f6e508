/** A file somebody sent: hidden until asked for, voice played in place, papers saved after a warning, and why one is missing. */
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment as AttachmentData, Media } from '../../../api/contract.ts';
import { fetchFile } from '../app/api.ts';
import { useErrorText } from '../hooks/error-text.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  conversationId: string;
  attachment: AttachmentData;
}

export function Attachment({ conversationId, attachment: { type, media, place } }: Props) {
  const { t } = useTranslation();
  const kind = t([`attachment.${type}`, 'attachment.unsupported']);
  if (place !== null) return <Place {...place} kind={kind} />;
  if (media === null) return <p className="bubble-note">{t('message.attachment', { type: kind })}</p>;
  const path = `/conversations/${conversationId}/media/${media.id}`;
  if (media.state !== 'stored') return <Missing media={media} kind={kind} />;
  if (media.shownAs === 'picture') return <Picture path={path} kind={kind} />;
  if (media.shownAs === 'voice' && isPlayable(media)) return <Voice path={path} kind={kind} media={media} />;
  return <Paper path={path} kind={kind} media={media} />;
}

/** Numbers to copy, and no map: a map would tell its maker that somebody looks at this place. */
function Place({ latitude, longitude, kind }: { latitude: number; longitude: number; kind: string }) {
  const { t } = useTranslation();
  return (
    <p className="bubble-note">
      {t('message.attachment', { type: kind })}{' '}
      <b className="media-place">{`${latitude.toFixed(6)}, ${longitude.toFixed(6)}`}</b> {t('media.place')}
    </p>
  );
}

/** No browser plays AMR, which older telephones record in. */
function isPlayable({ mediaType }: Media): boolean {
  return mediaType !== 'audio/amr';
}

function Missing({ media, kind }: { media: Media; kind: string }) {
  const { t } = useTranslation();
  if (media.state === 'waiting') return <p className="bubble-note">{t('media.waiting', { type: kind })}</p>;
  return (
    <div className="media-missing">
      <b>{t('media.missing', { type: kind })}</b>{' '}
      {t([`media.reason.${media.reason ?? 'unknown'}`, 'media.reason.unknown'])}
    </div>
  );
}

interface Opened {
  /** null: not asked for, or hidden again */
  url: string | null;
  isLoading: boolean;
  error: string | null;
  open: () => void;
  hide: () => void;
}

/** Fetched once for each opening, because each is written down; forgotten when it is hidden or leaves the screen. */
function useFile(path: string): Opened {
  const errorText = useErrorText();
  const [url, setUrl] = useState<string | null>(null);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isHere = useRef(true);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  const load = async (): Promise<void> => {
    setLoading(true);
    setError(null);
    try {
      const { blob } = await fetchFile(`${path}/content`);
      if (isHere.current) setUrl(URL.createObjectURL(blob));
    } catch (fault) {
      setError(errorText(fault));
    } finally {
      setLoading(false);
    }
  };
  return { url, isLoading, error, open: () => void load(), hide: () => setUrl(null) };
}

function Fault({ text }: { text: string | null }) {
  return text === null ? null : (
    <p className="fate failed" role="alert">
      {text}
    </p>
  );
}

function Picture({ path, kind }: { path: string; kind: string }) {
  const { t } = useTranslation();
  const { url, isLoading, error, open, hide } = useFile(path);
  return (
    <figure className="media">
      {url === null ? (
        <div className="media-veil">
          <img src={`/api${path}/preview`} alt="" />
          <figcaption>{t('media.hidden', { type: kind })}</figcaption>
          <Button size="sm" onClick={open} loading={isLoading}>
            {t('media.show')}
          </Button>
        </div>
      ) : (
        <>
          <img className="media-picture" src={url} alt={t('media.picture')} />
          <Button size="compact-sm" variant="default" onClick={hide}>
            {t('media.hide')}
          </Button>
        </>
      )}
      <Fault text={error} />
    </figure>
  );
}

function Voice({ path, kind, media }: { path: string; kind: string; media: Media }) {
  const { t } = useTranslation();
  const { url, isLoading, error, open } = useFile(path);
  const player = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    // it waits for the play button: nobody is surprised by a voice in a room with others
    if (url !== null) player.current?.focus();
  }, [url]);
  const length = formatLength(media.durationMs);
  return (
    <div className="media">
      <p className="bubble-note">
        {t('media.voice', { type: kind })}
        {length !== null && ` · ${length}`}
      </p>
      {url === null ? (
        <Button size="sm" variant="default" onClick={open} loading={isLoading}>
          {t('media.listen')}
        </Button>
      ) : (
        <audio
          ref={player}
          controls
          // saving goes with a warning, as for every other file
          controlsList="nodownload"
          preload="auto"
          src={url}
          aria-label={t('media.voice', { type: kind })}
        />
      )}
      <Fault text={error} />
    </div>
  );
}

/** What was kept as it was sent can hold anything: it is saved, never shown here. */
function Paper({ path, kind, media }: { path: string; kind: string; media: Media }) {
  const { t, i18n } = useTranslation();
  const errorText = useErrorText();
  const [asked, setAsked] = useState(false);
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const save = async (): Promise<void> => {
    setAsked(false);
    setLoading(true);
    setError(null);
    try {
      const { blob, name } = await fetchFile(`${path}/content`);
      saveAs(blob, name);
    } catch (fault) {
      setError(errorText(fault));
    } finally {
      setLoading(false);
    }
  };
  const size = formatSize(media.sizeBytes, i18n.language);
  return (
    <div className="media">
      <p className="bubble-note">{t('media.file', { type: kind, size })}</p>
      <Button size="sm" variant="default" onClick={() => setAsked(true)} loading={isLoading}>
        {t('media.save')}
      </Button>
      <Fault text={error} />
      <Dialog opened={asked} onClose={() => setAsked(false)} title={t('media.warnTitle')}>
        <p>{t(media.shownAs === 'file' ? 'media.warnFile' : 'media.warnSaved')}</p>
        <div className="dialog-actions">
          <Button variant="default" onClick={() => setAsked(false)}>
            {t('media.cancel')}
          </Button>
          <Button onClick={() => void save()}>{t('media.saveAnyway')}</Button>
        </div>
      </Dialog>
    </div>
  );
}

function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // the browser has taken it over by then
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** `1:05`; null when it is not known */
function formatLength(ms: number | null): string | null {
  if (ms === null) return null;
  const seconds = Math.max(1, Math.round(ms / 1000));
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')}`;
}

function formatSize(bytes: number | null, language: string): string {
  const kilo = Math.max(1, Math.round((bytes ?? 0) / 1024));
  if (kilo < 1000) return `${String(kilo)} kB`;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(kilo / 1024)} MB`;
}

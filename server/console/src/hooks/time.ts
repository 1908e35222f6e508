/** Times as people read them: how long someone waits, and when something was, always in Vietnam's time. */
import { useEffect, useState } from 'react';
import { useServices } from '../app/services.ts';
import { useStore } from '../app/store.ts';

const ZONE = 'Asia/Ho_Chi_Minh';

export interface Waited {
  minutes: number;
  /** `4:07`; from one hour on null, then `hours` and `rest` say it */
  clock: string | null;
  hours: number;
  rest: number;
}

/** @param ms how long; a clock that runs ahead never shows less than nothing */
export function splitWait(ms: number): Waited {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const clock = minutes < 60 ? `${String(minutes)}:${String(seconds % 60).padStart(2, '0')}` : null;
  return { minutes, clock, hours: Math.floor(minutes / 60), rest: minutes % 60 };
}

/** The server's clock, moving each second. */
export function useNow(): number {
  const offset = useStore(useServices().clockOffsetMs);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + offset;
}

export function formatTime(iso: string, language: string): string {
  return new Intl.DateTimeFormat(language, {
    timeZone: ZONE,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(iso));
}

export function formatDay(iso: string, language: string): string {
  return new Intl.DateTimeFormat(dayLanguage(language), {
    timeZone: ZONE,
    weekday: 'long',
    day: 'numeric',
    month: 'numeric',
  }).format(new Date(iso));
}

/** `06:52, 24/11`; with the year when it is another one. */
export function formatExact(iso: string, language: string, now = Date.now()): string {
  const date = new Date(iso);
  const yearOf = (at: Date): string =>
    new Intl.DateTimeFormat('en', { timeZone: ZONE, year: 'numeric' }).format(at);
  const isThisYear = yearOf(date) === yearOf(new Date(now));
  const day = new Intl.DateTimeFormat(dayLanguage(language), {
    timeZone: ZONE,
    day: 'numeric',
    month: 'numeric',
    ...(isThisYear ? {} : { year: 'numeric' }),
  }).format(date);
  return `${formatTime(iso, language)}, ${day}`;
}

/** Day before month in both languages, so that 3/4 means one thing at this desk. */
function dayLanguage(language: string): string {
  return language === 'en' ? 'en-GB' : language;
}

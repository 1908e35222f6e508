/** Days of the course as people read them. */

/** @param day in Vietnam, `2026-11-25` */
export function formatDay(day: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day));
}

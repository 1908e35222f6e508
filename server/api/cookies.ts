/** The session cookie: the strictest form the public address allows. */
import type { Request, Response } from 'express';

export interface SessionCookie {
  read: (request: Request) => string | null;
  set: (response: Response, token: string) => void;
  clear: (response: Response) => void;
}

/** On https the name starts with `__Host-`: the browser itself refuses it without Secure, with a Domain or another path. */
export function createSessionCookie(publicUrl: string): SessionCookie {
  const secure = new URL(publicUrl).protocol === 'https:';
  const name = secure ? '__Host-console' : 'console';
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    read: (request) => {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
      const values = pairs
        .filter((pair) => pair.startsWith(`${name}=`))
        .map((pair) => pair.slice(name.length + 1));
      const value = values.length === 1 ? values[0] : undefined;
      return value !== undefined && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : null;
    },
    set: (response, token) => response.append('set-cookie', `${name}=${token}; ${attributes}`),
    clear: (response) => response.append('set-cookie', `${name}=; ${attributes}; Max-Age=0`),
  };
}

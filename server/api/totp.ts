/** Codes of authenticator apps (RFC 6238) and recovery codes: how they are made and read. */
import { randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const STEP_SECONDS = 30;
/** a telephone whose clock is half a minute off still gets in */
const STEPS_OFF = 1;
export const RECOVERY_CODES = 10;
/** no 0 O 1 I L U: read from paper they are mistaken. 30^10 possibilities, and few tries. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 10;

/** 160 bits, as RFC 4226 asks for. @returns base32 */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** @param label what the app shows beside the code: the account's e-mail, which is in no log and no address of ours */
export function describeTotp(secret: string, label: string): string {
  return totpOf(secret, label).toString();
}

/**
 * @returns the time step whose code this is, to be used up; null when it is none of the last, this or the next
 */
export function findTotpStep(secret: string, code: string, now: Date): number | null {
  const off = totpOf(secret).validate({ token: code, timestamp: now.getTime(), window: STEPS_OFF });
  return off === null ? null : stepOf(now) + off;
}

/** The code of this moment, for the demo and for tests. */
export function totpCode(secret: string, now: Date): string {
  return totpOf(secret).generate({ timestamp: now.getTime() });
}

function stepOf(now: Date): number {
  return Math.floor(now.getTime() / 1000 / STEP_SECONDS);
}

/** SHA-1 and six digits are what every app understands; the strength is in the secret. */
function totpOf(secret: string, label = ''): TOTP {
  const settings = { algorithm: 'SHA1', digits: 6, period: STEP_SECONDS };
  // the issuer says nothing of what this is for: a telephone lies on tables
  return new TOTP({ ...settings, issuer: 'Bàn trực', label, secret: Secret.fromBase32(secret) });
}

/** `ABCDE-23456`, ten of them. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => {
    const letters = Array.from({ length: CODE_LENGTH }, () => LETTERS.charAt(randomInt(LETTERS.length))).join(
      '',
    );
    return `${letters.slice(0, CODE_LENGTH / 2)}-${letters.slice(CODE_LENGTH / 2)}`;
  });
}

export type TypedCode =
  { kind: 'app'; code: string } | { kind: 'recovery'; code: string } | { kind: 'neither' };

/** What was typed, however it was spaced. */
export function readTypedCode(typed: string): TypedCode {
  const text = typed.replace(/[\s-]/g, '').toUpperCase();
  if (/^\d{6}$/.test(text)) return { kind: 'app', code: text };
  if (text.length !== CODE_LENGTH || !Array.from(text).every((letter) => LETTERS.includes(letter)))
    return { kind: 'neither' };
  return { kind: 'recovery', code: `${text.slice(0, CODE_LENGTH / 2)}-${text.slice(CODE_LENGTH / 2)}` };
}

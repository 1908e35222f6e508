/** Passkeys (WebAuthn): what the browser is asked, and whether its answer is right. */
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { AuthenticatorTransport } from '@simplewebauthn/server';
import type { z } from 'zod';
import type { StoredPasskey } from '../store/second-factors.ts';
import type { PasskeyNewSchema, PasskeyShownSchema } from './contract.ts';

/** Time to find the key or the finger. */
export const CHALLENGE_MS = 5 * 60_000;
export const MAX_PASSKEYS = 10;

/** the browser shows it when it asks; nothing of what this is for */
const RP_NAME = 'Bàn trực';

interface Site {
  publicUrl: string;
}
const originOf = ({ publicUrl }: Site): string => new URL(publicUrl).origin;
/** A passkey is bound to this name: when the public address changes, passkeys have to be made anew. */
const rpIdOf = ({ publicUrl }: Site): string => new URL(publicUrl).hostname;

export function askForNewPasskey(
  site: Site,
  user: { userId: string; email: string; displayName: string },
  known: readonly StoredPasskey[],
) {
  return generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: rpIdOf(site),
    userName: user.email,
    userDisplayName: user.displayName,
    userID: new TextEncoder().encode(user.userId),
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({ id, transports: readTransports(transports) })),
    // the password was given already; the key adds who holds it, and that it was unlocked
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
    timeout: CHALLENGE_MS,
  });
}

export function askForPasskey(site: Site, known: readonly StoredPasskey[]) {
  return generateAuthenticationOptions({
    rpID: rpIdOf(site),
    allowCredentials: known.map(({ id, transports }) => ({ id, transports: readTransports(transports) })),
    userVerification: 'required',
    timeout: CHALLENGE_MS,
  });
}

/** @returns what is to be stored; null when the answer is not for this challenge and this site */
export async function checkNewPasskey(
  site: Site,
  { credential, name }: z.output<typeof PasskeyNewSchema>,
  challenge: string,
): Promise<Omit<StoredPasskey, 'createdAt' | 'lastUsedAt'> | null> {
  const { transports, ...response } = credential.response;
  const checked = await verifyRegistrationResponse({
    response: {
      ...{ id: credential.id, rawId: credential.rawId, type: credential.type, clientExtensionResults: {} },
      response: { ...response, transports: readTransports(transports) },
    },
    expectedChallenge: challenge,
    expectedOrigin: originOf(site),
    expectedRPID: rpIdOf(site),
    requireUserVerification: true,
  }).catch(() => null);
  if (checked?.verified !== true) return null;
  const { id, publicKey, counter } = checked.registrationInfo.credential;
  return { id, name, publicKey: Buffer.from(publicKey), counter, transports: readTransports(transports) };
}

/** @returns the authenticator's new count; null when the answer is not right */
export async function checkPasskey(
  site: Site,
  { credential }: z.output<typeof PasskeyShownSchema>,
  passkey: StoredPasskey,
  challenge: string,
): Promise<number | null> {
  const checked = await verifyAuthenticationResponse({
    response: {
      ...{ id: credential.id, rawId: credential.rawId, type: credential.type, clientExtensionResults: {} },
      response: credential.response,
    },
    expectedChallenge: challenge,
    expectedOrigin: originOf(site),
    expectedRPID: rpIdOf(site),
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: passkey.counter,
      transports: readTransports(passkey.transports),
    },
  }).catch(() => null);
  return checked?.verified === true ? checked.authenticationInfo.newCounter : null;
}

const TRANSPORTS: readonly AuthenticatorTransport[] = [
  ...(['ble', 'hybrid', 'internal', 'nfc', 'usb'] as const),
];

/** A hint for the browser; what we do not know is left out. */
function readTransports(given: readonly string[]): AuthenticatorTransport[] {
  return TRANSPORTS.filter((one) => given.includes(one));
}

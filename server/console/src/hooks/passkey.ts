/** Asks the browser for a passkey, and brings what it says to the server. */
import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import type { FactorAdded, Me } from '../../../api/contract.ts';
import { ApiError, callApi } from '../app/api.ts';

/** Plain http away from localhost, and old browsers, have none. */
export function hasPasskeys(): boolean {
  return 'PublicKeyCredential' in window;
}

/** @throws ApiError; `passkey_failed` when the person or the browser says no */
export async function showPasskey(): Promise<Me> {
  const { options } = await callApi<{ options: PublicKeyCredentialRequestOptionsJSON }>(
    'POST',
    '/me/factor/passkey/begin',
    {},
  );
  const credential = await startAuthentication({ optionsJSON: options }).catch(declined);
  return callApi<Me>('POST', '/me/factor/passkey', { credential });
}

/** @throws as `showPasskey` */
export async function makePasskey(name: string): Promise<FactorAdded> {
  const { options } = await callApi<{ options: PublicKeyCredentialCreationOptionsJSON }>(
    'POST',
    '/me/factors/passkey/begin',
    {},
  );
  const credential = await startRegistration({ optionsJSON: options }).catch(declined);
  return callApi<FactorAdded>('POST', '/me/factors/passkey/confirm', { name, credential });
}

function declined(): never {
  throw new ApiError({ code: 'passkey_failed' });
}

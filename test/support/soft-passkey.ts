/** A passkey in software: signs as an authenticator does, for whatever site and address the test says. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { z } from 'zod';

const JwkSchema = z.object({ x: z.string(), y: z.string() });

export interface SoftPasskey {
  id: string;
  /** COSE, as the server keeps it */
  publicKey: Buffer;
  /** the answer to a challenge, as a browser would send it */
  answer: (what: { challenge: string; origin: string; rpId: string; counter: number }) => object;
}

export function createSoftPasskey(): SoftPasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = JwkSchema.parse(publicKey.export({ format: 'jwk' }));
  const id = randomBytes(16).toString('base64url');
  return {
    id,
    publicKey: toCose(Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')),
    answer: ({ challenge, origin, rpId, counter }) => {
      const client = Buffer.from(
        JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }),
      );
      const count = Buffer.alloc(4);
      count.writeUInt32BE(counter);
      // somebody was there, and was recognised
      const data = Buffer.concat([sha256(Buffer.from(rpId)), Buffer.from([0x05]), count]);
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey);
      return {
        ...{ id, rawId: id, type: 'public-key' },
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      };
    },
  };
}

/** RFC 9053: an EC2 key for ES256, as CBOR. */
function toCose(x: Buffer, y: Buffer): Buffer {
  return Buffer.concat([Buffer.from('a5010203262001215820', 'hex'), x, Buffer.from('225820', 'hex'), y]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

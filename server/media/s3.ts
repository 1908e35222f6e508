/** Sealed files in a store that speaks S3 (Amazon's, MinIO, Garage, Ceph …): three requests, signed with AWS Signature 4. */
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { AppError } from '../errors.ts';
import type { HttpClient, HttpResult } from '../http.ts';
import { checkName, type MediaFiles } from './files.ts';

const TIMEOUT_MS = 60_000;
/** A sealed file of 25 MB and its padding. */
const MAX_FILE_BYTES = 48 * 1024 * 1024;
/** What goes wrong in passing is tried once more at once; the caller tries again later anyway. */
const TRIES = 2;

export interface S3Options {
  /** `https://s3.example.org`; the bucket follows as the first part of the path, which all of them understand */
  endpoint: string;
  bucket: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** a client that allows `endpoint` */
  http: HttpClient;
}

export function createS3Files(options: S3Options): MediaFiles {
  const base = `${options.endpoint.replace(/\/+$/, '')}/${options.bucket}`;

  async function ask(method: 'GET' | 'PUT' | 'DELETE', name: string, body?: Buffer): Promise<HttpResult> {
    const url = `${base}/${checkName(name)}`;
    const signed = await new AwsV4Signer({
      method,
      url,
      headers: {
        // over the body as well, so that a store notices what changed on the way
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
        ...(body !== undefined && { 'content-type': 'application/octet-stream' }),
      },
      accessKeyId: options.accessKey,
      secretAccessKey: options.secretKey,
      region: options.region,
      service: 's3',
    }).sign();
    return options.http.request({
      method,
      url,
      headers: Object.fromEntries(signed.headers.entries()),
      ...(body !== undefined && { body }),
      timeoutMs: TIMEOUT_MS,
      maxResponseBytes: method === 'GET' ? MAX_FILE_BYTES : 64 * 1024,
    });
  }

  async function insist(
    method: 'GET' | 'PUT' | 'DELETE',
    name: string,
    isFine: (status: number) => boolean,
    body?: Buffer,
  ): Promise<Buffer> {
    let code = '';
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const result = await ask(method, name, body);
      if (result.ok && isFine(result.status)) return result.body;
      code = result.ok ? `s3_${result.status}` : result.code;
      if (result.ok && result.status < 500) break;
    }
    // a code only: what a store says can repeat keys and names
    throw new AppError('media_store_failed', `(${method} ${code})`);
  }

  return {
    place: 's3',
    put: async (name, bytes) => {
      await insist('PUT', name, (status) => status === 200 || status === 201, bytes);
    },
    get: (name) => insist('GET', name, (status) => status === 200),
    delete: async (name) => {
      await insist('DELETE', name, (status) => status === 200 || status === 204 || status === 404);
    },
  };
}

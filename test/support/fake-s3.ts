/** A small store that speaks S3 over real HTTP: checks the signature of every request as AWS documents it, and keeps files in memory. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';

export interface FakeS3 {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  account: { bucket: string; region: string; accessKey: string; secretKey: string };
  /** by `bucket/key` */
  objects: Map<string, Buffer>;
  /** the next requests get these statuses, with a body as such stores write it */
  failNext: (...statuses: readonly number[]) => void;
  /** what was wrong with requests */
  problems: string[];
  close: () => Promise<void>;
}

const ACCOUNT = {
  bucket: 'media-test',
  region: 'eu-test-1',
  accessKey: 'AKTESTTESTTEST',
  secretKey: 'a-key-of-a-test-and-nothing-else',
};

export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>();
  const problems: string[] = [];
  const failures: number[] = [];

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const key = decodeURIComponent((request.url ?? '').slice(1));
      const problem = findProblem(request, body);
      const failure = failures.shift();
      if (problem !== null) problems.push(problem);
      if (problem !== null || failure !== undefined) {
        const status = failure ?? 403;
        response.writeHead(status, { 'content-type': 'application/xml' });
        response.end(`<Error><Code>Refused</Code><Resource>${key}</Resource></Error>`);
        return;
      }
      const found = objects.get(key);
      if (request.method === 'PUT') {
        objects.set(key, body);
        response.writeHead(200).end();
      } else if (request.method === 'DELETE') {
        objects.delete(key);
        response.writeHead(204).end();
      } else if (found === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
      else response.writeHead(200, { 'content-length': found.length }).end(found);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the store has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    account: ACCOUNT,
    objects,
    problems,
    failNext: (...statuses) => void failures.push(...statuses),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** AWS Signature Version 4 for a request without query, written from its documentation. @returns null when all is well */
function findProblem(request: IncomingMessage, body: Buffer): string | null {
  const pieces =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  const [, accessKey, day = '', region = '', names = '', signature] = pieces ?? [];
  if (accessKey !== ACCOUNT.accessKey || region !== ACCOUNT.region) return 'another account or region';
  const hash = request.headers['x-amz-content-sha256'];
  if (hash !== sha256(body)) return 'the body is not what was signed';
  for (const name of ['host', 'x-amz-date', 'x-amz-content-sha256'])
    if (!names.split(';').includes(name)) return `${name} is not signed`;
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`);
  const canonical = [request.method, request.url, '', headers.join(''), names, hash].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
    (previous, piece) => createHmac('sha256', previous).update(piece).digest(),
    Buffer.from(`AWS4${ACCOUNT.secretKey}`),
  );
  return createHmac('sha256', key).update(text).digest('hex') === signature ? null : 'the signature is wrong';
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

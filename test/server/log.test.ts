import { describe, expect, it } from '@jest/globals';
import { AppError } from '../../server/errors.ts';
import { createLog } from '../../server/log.ts';

function write(work: (log: ReturnType<typeof createLog>) => void, secrets: readonly string[] = []): string {
  const lines: string[] = [];
  work(createLog({ level: 'debug', destination: { write: (line) => void lines.push(line) }, secrets }));
  return lines.join('');
}

describe('the log', () => {
  it('keeps listed fields and drops the rest', () => {
    const entry = { event: 'turn_taken', conversationId: 'c1', ms: 3, text: 'bí mật', phone: '0900000000' };
    const line = write((log) => log.info(entry));
    expect(JSON.parse(line)).toMatchObject({ event: 'turn_taken', conversationId: 'c1', ms: 3 });
    expect(line).not.toMatch(/bí mật|0900/);
  });

  it('drops a listed field that holds a secret or a long text', () => {
    const line = write(
      (log) => log.warn({ event: 'x', code: 'bot123:token', name: 'a'.repeat(200) }),
      ['123:token'],
    );
    expect(line).not.toMatch(/token|aaaa/);
  });

  it.each([
    [
      'of the database',
      Object.assign(new Error('duplicate key (text)=(bí mật)'), { code: '23505', detail: 'bí mật' }),
    ],
    ['of JSON', new SyntaxError(`Unexpected token, "bí mật" is not valid JSON`)],
    ['with such a cause', new AppError('database_unavailable', null, { cause: new Error('bí mật') })],
    ['of several lines', new Error('first\n    at bí mật (x)\nlast')],
  ])('keeps name, code and place of an error %s, never its words', (_what, error) => {
    const line = write((log) => log.error({ event: 'x', error }));
    expect(line).not.toContain('bí mật');
    expect(line).toContain('log.test.ts');
  });

  it('keeps the words of our own errors', () => {
    expect(write((log) => log.error({ event: 'x', error: new AppError('port_in_use', '(3000)') }))).toContain(
      '(3000)',
    );
  });
});

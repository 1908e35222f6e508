/** Redaction: nothing personal is left, whatever way it is written; and what is ordinary is kept. Everything here is invented. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { createRedactor, type Redacted } from '../../../bot/index.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

jest.setTimeout(60_000);

let redact: (text: string) => Redacted;
beforeAll(async () => {
  redact = createRedactor(await loadRealAssets());
});

const textOf = (text: string): string => {
  const redacted = redact(text);
  return redacted.kind === 'kept' ? redacted.text : `(${redacted.reason})`;
};

describe('what has a form of its own', () => {
  it.each([
    ['gọi số 0900000101 có được không', 'gọi số [số] có được không'],
    ['gọi số 0900 000 101 có được không', 'gọi số [số] có được không'],
    ['gọi +84 (0)900.000.101 có được không', 'gọi [số] có được không'],
    ['gọi 0-9-0-0-0-0-0-1-0-1 có được không', 'gọi [số] có được không'],
    ['gọi o9oo ooo lol được không', 'gọi [số] được không'],
    ['chuyển vào tài khoản 0123456789012 có sao không', 'chuyển vào tài khoản [số] có sao không'],
    ['họ đòi 20tr tiền cọc có đúng không', 'họ đòi [tiền] tiền cọc có đúng không'],
    ['họ đòi 1tr2 rồi 500k nữa có đúng không', 'họ đòi [tiền] rồi [tiền] nữa có đúng không'],
    ['trả 15-20 triệu một tháng có thật không', 'trả [tiền] một tháng có thật không'],
    ['vào trang viec-lam.example.org đăng ký được không', 'vào trang [link] đăng ký được không'],
    ['bấm https://example.org/a?b=1 có sao không', 'bấm [link] có sao không'],
    ['gửi hồ sơ vào lan@example.org được không', 'gửi hồ sơ vào [e-mail] được không'],
    ['nhắn cho @viec_nhe_99 có sao không', 'nhắn cho [nick] có sao không'],
    ['nhắn cho viec_nhe_99 có sao không', 'nhắn cho [nick] có sao không'],
    ['bay ngày 12/3/2026 có kịp không', 'bay ngày [ngày] có kịp không'],
    ['bay ngày 12 tháng 3 có kịp không', 'bay [ngày] có kịp không'],
    ['tôi sinh năm 1990 đi được không', 'tôi [ngày] đi được không'],
    ['tôi 35 tuổi đi được không', 'tôi [tuổi] đi được không'],
    ['hộ chiếu B1234567 còn hạn không', 'hộ chiếu [số] còn hạn không'],
    ['căn cước 001090000101 mất thì sao', 'căn cước [số] mất thì sao'],
    ['xe biển 29A-123.45 chở đi đâu', 'xe biển [số] chở đi đâu'],
    ['gọi 111 có mất tiền không', 'gọi 111 có mất tiền không'],
  ])('%s', (given, left) => {
    expect(textOf(given)).toBe(left);
  });
});

describe('what is dropped whole', () => {
  it.each([
    ['không chín không không không không một không một gọi được không', 'spelled'],
    ['mail của tôi là lan a còng example chấm com', 'spelled'],
    ['em tên lan muốn đi làm', 'name'],
    ['em ten la hung muon di lam', 'name'],
    ['chị lan rủ đi làm xa', 'name'],
    ['anh tuan ru di lam xa', 'name'],
    ['toi la nguyen van a can hoi', 'name'],
    ['NGUYỄN VĂN A RỦ ĐI LÀM', 'name'],
    ['vàng thị mỷ đi đâu rồi', 'name'],
    ['Mỷ ơi đi đâu rồi', 'name'],
    ['hôm qua có gặp Hạnh ở bến xe', 'name'],
    ['nhà ở xã Tả Van thì đi kiểu gì', 'place'],
    ['nha o thon duoi thi di kieu gi', 'place'],
    ['số nhà mười hai ngõ ba thì tìm kiểu gì', 'place'],
    ['ở cầu giấy có văn phòng không', 'place'],
    ['công ty hoa ban xanh có thật không', 'firm'],
    ['cty tnhh abc co that khong', 'firm'],
    ['cong ty co phan nhan luc xanh co that khong', 'firm'],
    ['em 15 tuổi đi làm được không', 'child'],
    ['em mới 16t thôi', 'child'],
    ['con học lớp 9 đi làm được không', 'child'],
    ['em mười lăm tuổi thôi', 'child'],
    ['ជួយខ្ញុំផង', 'script'],
    ['救救我', 'script'],
    ['vào zxqwvk mà làm', 'unknown_word'],
    ['0900000101', 'empty'],
    ['🙂🙂🙂', 'empty'],
    ['đi làm xa '.repeat(9), 'long'],
    ['a'.repeat(400), 'long'],
  ])('%s', (given, reason) => {
    expect(redact(given)).toEqual({ kind: 'dropped', reason });
  });
});

describe('what is certain', () => {
  it.each([
    ['tìm người tên Nguyễn Thị Hạnh ở đâu', 'tìm người tên [tên] ở đâu'],
    ['chị Lan Anh hứa trả lương cao', 'chị [tên] hứa trả lương cao'],
    ['từ Sơn La đi mất bao lâu', 'từ [tỉnh] đi mất bao lâu'],
  ])('is replaced: %s', (given, left) => {
    expect(textOf(given)).toBe(left);
  });

  it.each([
    'đi lao động thời vụ có cần đóng bảo hiểm không',
    'bạn có giúp viết đơn không',
    'xã hội bây giờ nhiều chuyện quá',
    'vợ chồng em hay cãi nhau',
    'how do i get a visa',
  ])('is kept when it is ordinary: %s', (given) => {
    expect(textOf(given)).toBe(given);
  });
});

describe('equal wordings', () => {
  it.each([
    ['Đi làm xa có được ko?', 'đi làm xa có được không'],
    ['di lam xa co duoc khong', 'ĐI LÀM XA CÓ ĐƯỢC KHÔNG!!!'],
    ['gọi số 0900000101 được không', 'goi so +84 900 000 102 duoc khong'],
  ])('have one key: %s = %s', (one, other) => {
    const [a, b] = [redact(one), redact(other)];
    expect(a.kind === 'kept' && b.kind === 'kept' && a.key === b.key).toBe(true);
  });
});

describe('the labelled sets', () => {
  const RowSchema = z.object({ text: z.string() });
  const read = (name: string): string[] =>
    readFileSync(path.join(repositoryRoot, 'test', 'data', `${name}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => RowSchema.parse(JSON.parse(line)).text);

  it('leave no figure but public short numbers, no capital and no sign of an address', () => {
    const kept = ['intents/held', 'risk/held', 'risk/dev', 'risk/social', 'offers/held', 'agencies/held']
      .flatMap(read)
      .map(redact)
      .flatMap((one) => (one.kind === 'kept' ? [one.text.replace(/\[[^\]]+\]/gu, '')] : []));
    expect(kept.length).toBeGreaterThan(500);
    expect(kept.filter((text) => /[@_/]|https?|\p{Lu}/u.test(text))).toEqual([]);
    expect(kept.filter((text) => /\d/u.test(text.replace(/\b11[1-5]\b/gu, '')))).toEqual([]);
  });
});

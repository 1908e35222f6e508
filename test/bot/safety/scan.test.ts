/** What the safety scan says about single messages, fragments and whole sets of labelled messages. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { compileDangerRules } from '../../../bot/safety/rules.ts';
import { scanDanger } from '../../../bot/safety/scan.ts';
import { readSafetyContent } from './content.ts';

const rules = compileDangerRules(readSafetyContent());
const scan = (...texts: string[]) => scanDanger(rules, texts);

describe('scanDanger', () => {
  it.each(['cứu', 'sos', 'help me', 'cuu e vs', '🆘', 'c\u200Bứuuuu', 'cứu em'.normalize('NFD'), 'ｈｅｌｐ'])(
    'takes the bare cry "%s" for imminent danger',
    (text) => {
      expect(scan(text).level).toBe('imminent');
    },
  );

  it.each([
    'cuu em voi ho giu ho chieu danh em',
    'Em đang trên xe, họ bảo đi Đà Lạt mà xe lại chạy ra cửa khẩu Xa Mát, em phải làm gì?',
    'tối nay không chuyển 100 triệu thì chúng bán con tôi sang chỗ khác',
  ])('sees imminent danger in "%s"', (text) => {
    expect(scan(text).level).toBe('imminent');
  });

  it.each([
    'họ giữ hộ chiếu của em rồi',
    'muốn về phải trả hết nợ',
    'đòi 5k đô mới cho về',
    'ko ra ngoài dc, có người canh',
    'bi danh vi khong du chi tieu',
    'bị bán qua bên khác 80 triệu',
    'bat em nhan tin lua khach',
    'em không muốn sống nữa',
    'e 2k10 có chị rủ qua cam làm',
    'tối nay em vượt biên qua campuchia làm',
    'con gái tôi 15 tuổi mất liên lạc 3 ngày nay',
    'the agent keeps our passports and does not let us leave',
  ])('raises "%s"', (text) => {
    expect(['high', 'imminent']).toContain(scan(text).level);
  });

  it.each([
    'cứu t vs thi rớt chắc mẹ giết t quá =))',
    'em muon gap nguoi that',
    'talk to a human',
    'mệt muốn chết',
    'bán thận mua iphone',
    'cứu kèo này với',
    'Không ai đánh hay nhốt em cả, em chỉ hỏi cho biết',
    'Lao động cưỡng bức là gì?',
    'xem phim thấy người ta bị nhốt rồi bị đánh sợ quá',
    'nhà em bán cá ngoài chợ',
    'danh sách công ty',
    'cong ty em khong giu ho chieu, tra luong du',
    '',
    '😂😂',
  ])('stays calm at "%s"', (text) => {
    const { level, ask } = scan(text);
    expect([level, ask]).toEqual(['none', false]);
  });

  it('leaves an offer that is only being considered to the offer check', () => {
    const text = 'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k';
    expect(scan(text)).toMatchObject({ level: 'concern', country: null });
  });

  it('reads fragments together', () => {
    expect(scan('em bị', 'nhốt').level).toBe('high');
    expect(scan('họ giữ', 'hộ chiếu của em').level).toBe('high');
  });

  it('raises nothing anew when the newest message adds nothing', () => {
    expect(scan('em bị nhốt', 'dạ').level).toBe('none');
  });

  it.each(['xem phim có cảnh tự tử, em cũng không muốn sống nữa', 'bài tập chán quá em không muốn sống nữa'])(
    'is never silent about suicide, even beside a film or school work: "%s"',
    (text) => {
      const { level, ask } = scan(text);
      expect(ask || level === 'high' || level === 'imminent').toBe(true);
    },
  );

  it.each(['không có gì đâu', 'em ổn rồi', 'nhầm số', 'không ai nhốt em cả'])(
    'hears the all-clear in "%s"',
    (text) => {
      expect(scan(text)).toMatchObject({ level: 'none', allClear: true });
    },
  );

  it('hears no all-clear beside real danger', () => {
    expect(scan('em ổn rồi nhưng họ vẫn nhốt em').allClear).toBe(false);
  });

  it.each([
    ['cháu 15 tuổi bị bắt đi khách', true],
    ['e 2k10 bị nhốt', true],
    ['em 16t', true],
    ['em 19 tuổi bị nhốt', false],
    ['tuyển nữ từ 16 tuổi', false],
    ['tuyển nữ 16 - 25 tuổi', false],
  ])('knows whether "%s" is about somebody under 18', (text, minor) => {
    expect(scan(text).minor).toBe(minor);
  });

  it.each([
    ['em đang ở Campuchia', 'KH'],
    ['em bị nhốt bên cam', 'KH'],
    ['cuu em em o kk park', 'MM'],
    ['con tôi bị bán sang Trung Quốc', 'CN'],
    ['công ty ở campuchia tuyển nhân viên', null],
    ['em sắp đi Đài Loan', null],
  ])('finds in "%s" the country %s', (text, country) => {
    expect(scan(text).country).toBe(country);
  });

  it('points at the words of the reason in the newest text', () => {
    const text = 'dạ 😭 họ GIỮ HC của em';
    const [reason] = scan('chào ad', text).reasons;
    expect(reason).toMatchObject({ rule: 'passport-kept', reasonKey: 'danger.passport-kept', textIndex: 1 });
    expect(text.slice(reason?.span.start, reason?.span.end)).toBe('GIỮ HC');
  });

  it.each(['\uD800', '\u0301'.repeat(300), '__proto__ constructor', 'em bị '.repeat(1300)])(
    'survives hostile input %#',
    (text) => {
      expect(() => scan(text)).not.toThrow();
    },
  );
});

const RowSchema = z.object({ text: z.string(), risk_level: z.string(), accept: z.array(z.string()) });

function measure(file: string) {
  const path = new URL(`../../fixtures/${file}`, import.meta.url);
  const rows = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => RowSchema.parse(JSON.parse(line)));
  const isUrgent = (level: string) => level === 'high' || level === 'imminent';
  const share = (levels: readonly string[], test: (row: (typeof rows)[number]) => boolean) => {
    const chosen = rows.filter((row) => levels.includes(row.risk_level));
    return chosen.filter(test).length / chosen.length;
  };
  const raised = ({ text }: { text: string }) => isUrgent(scan(text).level);
  return {
    recall: share(['high', 'imminent'], raised),
    imminentSeen: share(['imminent'], ({ text }) => raised({ text }) || scan(text).ask),
    falseAlarm: share(['none'], raised),
    overAlarm: share(['concern'], raised),
    asked: share(['none'], ({ text }) => scan(text).ask),
  };
}

describe('labelled messages', () => {
  // the examples are the dev set; seed and plain are not learned from
  it.each(['risk.seed.jsonl', 'risk.plain.jsonl', 'risk.dev.jsonl'])('meets the targets on %s', (file) => {
    const figures = measure(file);
    expect(figures.recall).toBeGreaterThanOrEqual(0.96);
    expect(figures.imminentSeen).toBeGreaterThanOrEqual(0.99);
    expect(figures.falseAlarm).toBeLessThanOrEqual(0.02);
    expect(figures.overAlarm).toBeLessThanOrEqual(0.1);
    expect(figures.asked).toBeLessThanOrEqual(0.08);
  });
});

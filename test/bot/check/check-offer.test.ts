import { describe, expect, it } from '@jest/globals';
import { checkOffer } from '../../../bot/check/check-offer.ts';
import type { OfferFacts } from '../../../bot/check/offer.ts';
import { loadDeps, loadOffers } from './load.ts';

const now = new Date('2026-11-23T00:00:00Z');
const deps = loadDeps();
const check = (facts: OfferFacts | string) =>
  checkOffer(deps, typeof facts === 'string' ? { text: facts } : facts, now);
const idsOf = (facts: OfferFacts | string) => check(facts).signals.map((hit) => hit.signal);

/** Rates of a labelled list, as in the report of the evaluation. */
function measure(name: string) {
  const rows = loadOffers(name).map((row) => ({ row, result: check(row.text) }));
  const danger = rows.filter(({ row }) => row.verdict === 'danger');
  const found = rows.flatMap(({ row, result }) =>
    result.signals.map((hit) => row.signals.includes(hit.signal)),
  );
  const right = found.filter(Boolean).length;
  const labelled = rows.reduce((sum, { row }) => sum + row.signals.length, 0);
  return {
    level: rows.filter(({ row, result }) => row.verdict === result.level).length / rows.length,
    dangerRecall: danger.filter(({ result }) => result.level === 'danger').length / danger.length,
    dangerAsVerify: danger.filter(({ result }) => result.level === 'verify').map(({ row }) => row.id),
    signalF1: (2 * right) / (found.length + labelled),
    falseFound: rows
      .filter(({ row }) => ['near_miss', 'unlicensed', 'no_company'].includes(row.match_kind))
      .filter(({ result }) => result.agency.kind === 'exact' && result.agency.rows.length === 1)
      // a firm that is listed as having no licence is rightly found
      .filter(({ result }) => result.agency.rows[0]?.status === 'active_unconfirmed')
      .map(({ row }) => row.id),
    companyMissed: rows
      .filter(({ row }) => ['exact', 'abbrev'].includes(row.match_kind))
      .filter(({ row, result }) => !row.company_match.includes(result.agency.rows[0]?.id ?? ''))
      .map(({ row }) => row.id),
  };
}

describe('checkOffer', () => {
  it('gives danger and three true reasons for a call centre in Cambodia that keeps passports', () => {
    const text = 'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k';
    const result = check(text);
    expect(result.level).toBe('danger');
    expect(result.signals.map((hit) => [hit.signal, text.slice(hit.span?.start, hit.span?.end)])).toEqual([
      ['passport-kept', 'giữ hộ chiếu'],
      ['cambodia-call-centre', 'ở campuchia tuyển cskh'],
      ['promise-easy-high-pay', 'cskh 20tr'],
    ]);
    expect(result.missing.slice(0, 3)).toEqual(['agency', 'visa', 'contract']);
    expect(result.extract).toMatchObject({ country: 'KH', work: 'cskh', pay: '20tr' });
  });

  it.each([
    [
      'an agent asks 2000 usd before the interview for a job in Canada',
      'pay-first',
      'asks 2000 usd before the interview',
    ],
    ['They charge 3000 usd before signing for work in Germany', 'pay-first', '3000 usd before signing'],
  ])('finds in English: %s', (text, signal, words) => {
    const hit = check(text).signals.find((one) => one.signal === signal);
    expect(words).toContain(text.slice(hit?.span?.start, hit?.span?.end) || 'nothing');
  });

  it.each(['offers.seed.jsonl', 'offers.dev.jsonl', 'offers.second.jsonl', 'offers.third.jsonl'])(
    'keeps its rates on %s',
    (name) => {
      const rates = measure(name);
      expect(rates).toMatchObject({ dangerAsVerify: [], falseFound: [], companyMissed: [] });
      expect(rates.level).toBeGreaterThanOrEqual(0.97);
      expect(rates.dangerRecall).toBeGreaterThanOrEqual(0.98);
      expect(rates.signalF1).toBeGreaterThanOrEqual(0.92);
    },
  );

  /** Written after the patterns; one place name was mended after the first look at them. */
  it('keeps its rates on offers the patterns were not made from', () => {
    const rates = measure('offers.unseen.jsonl');
    expect(rates).toMatchObject({ dangerAsVerify: [], falseFound: [], companyMissed: [] });
    expect(rates.level).toBeGreaterThanOrEqual(0.94);
    expect(rates.dangerRecall).toBeGreaterThanOrEqual(0.98);
    expect(rates.signalF1).toBeGreaterThanOrEqual(0.9);
  });

  /** Written by another plan than the development list and never tuned on; the rates of the first day it passed are the floor. */
  it('keeps its rates on the held-out offers', () => {
    const rates = measure('test/data/offers/held.jsonl');
    expect(rates).toMatchObject({ dangerAsVerify: [], falseFound: [], companyMissed: [] });
    expect(rates.level).toBeGreaterThanOrEqual(0.93);
    expect(rates.dangerRecall).toBeGreaterThanOrEqual(0.97);
    expect(rates.signalF1).toBeGreaterThanOrEqual(0.85);
  });

  it('keeps its rates on the development offers', () => {
    const rates = measure('test/data/offers/dev.jsonl');
    expect(rates).toMatchObject({ dangerAsVerify: [], falseFound: [] });
    expect(rates.level).toBeGreaterThanOrEqual(0.97);
    expect(rates.signalF1).toBeGreaterThanOrEqual(0.94);
  });

  it('says nothing of a contact against a number nobody checked', () => {
    expect(check('Công ty Traenco tuyển đi Nhật, gọi 0900 000 101').agency.contact.kind).toBe('unknown');
  });

  it('tells a site that is not the one the register has', () => {
    const result = check('COLAB tuyển đi Hàn, đăng ký tại colab-eps.example.org');
    expect(result.agency.contact).toMatchObject({ kind: 'differs', site: 'colab.moha.gov.vn' });
    expect(result.signals.map((hit) => hit.signal)).toContain('contact-not-in-register');
    expect(check('COLAB tuyển đi Hàn, xem colab.moha.gov.vn').agency.contact.kind).toBe('same');
  });

  it.each([
    ['work at home', 'Quán phở ở Hà Nội tuyển phụ bếp, 7 triệu', 'home'],
    ['work abroad', 'Đơn may Nhật, lương 160.000 yên', 'abroad'],
    ['work nobody says where', 'Tuyển phụ bếp, 7 triệu', 'unknown'],
  ])('knows %s', (_what, text, place) => {
    expect(check(text).place).toBe(place);
  });

  it('reads the small print', () => {
    const text =
      'Tuyển 10 nữ đi Nhật, 18-35 tuổi, bay ngày 20/12, visa lao động, xem tuyen.example.com, stk 0000 123 456 789, nộp hộ chiếu gốc';
    expect(check(text).extract).toMatchObject({
      sex: '10 nữ',
      age: '18-35 tuổi',
      date: 'ngày 20/12',
      visa: 'visa lao động',
      site: 'tuyen.example.com',
      account: 'stk 0000 123 456 789',
      papers: 'nộp hộ chiếu',
    });
  });

  it.each([
    ['10,000 letters', 'a'.repeat(10_000)],
    ['10,000 figures', '1'.repeat(10_000)],
    ['a wall of emoji', '🔥'.repeat(4000)],
    ['dots and letters', 'a.'.repeat(5000)],
    ['a number in words', 'o9o1 không chín '.repeat(600)],
  ])('reads %s without harm', (_what, text) => {
    expect(check(text).level).not.toBe('danger');
  });

  it.each([
    ['passport-kept', 'Tuyển may Nhật, công ty không giữ hộ chiếu'],
    ['passport-kept', 'đơn Đài Loan, có giữ hộ chiếu không?'],
    ['pay-first', 'đơn may Nhật, k cọc, không thu phí'],
    ['pay-first', 'don nhat khong can coc, phi thu sau khi co visa'],
    ['deposit-job-order', 'Bưu cục tuyển giao hàng, không thu tiền cọc'],
    ['cambodia-call-centre', 'Tuyển CSKH tại Cầu Giấy, lương 8 triệu'],
    ['karaoke-massage', 'tối nay đi hát karaoke với bạn không'],
    ['karaoke-massage', 'Karaoke gia đình tuyển bảo vệ giữ xe 6tr'],
    ['promise-easy-high-pay', 'Công an cảnh báo chiêu trò việc nhẹ lương cao'],
    ['fee-above-cap', 'nhà này giá 200 triệu'],
    ['kidney-organ', 'bán thận mua iphone haha'],
    ['tourist-visa', 'Tour Hàn Quốc visa du lịch trọn gói'],
    ['golden-triangle', 'nhận hồ sơ đi lao động Ba Lan'],
    ['age-under-18', 'gia sư dạy bé 12 tuổi'],
    ['self-harm-despair', 'mệt muốn chết luôn haha'],
  ])('does not find %s in "%s"', (signal, text) => {
    expect(idsOf(text)).not.toContain(signal);
  });

  it.each([
    ['viec nhe luong cao di nuoc ngoai', 'promise-easy-high-pay'],
    ['họ giữ hộ chiếu của em rồi', 'passport-kept'],
    ['tìm mấy bạn 2k10 đi làm xa', 'age-under-18'],
    ['Trung tâm giới thiệu việc làm giấy phép 123/SLĐTBXH-GP tuyển đi Nhật', 'no-licence-company'],
    ['Phí đi Nhật 120 triệu, lương 25 triệu, đơn 3 năm', 'fee-above-cap'],
  ])('finds in "%s" the sign %s', (text, signal) => {
    expect(idsOf(text)).toContain(signal);
  });

  it.each<[string, OfferFacts, string, string]>([
    ['papers they keep', { papers: 'they_keep' }, 'passport-kept', 'papers'],
    ['a tourist visa for work abroad', { visa: 'tourist', country: 'KR' }, 'tourist-visa', 'visa'],
    ['no contract', { contract: 'none' }, 'contract-language', 'contract'],
    ['an age under 18', { age: 'under18' }, 'age-under-18', 'age'],
    ['money before a contract abroad', { payment: 'before_contract', country: 'JP' }, 'pay-first', 'payment'],
    ['a personal account', { payment: 'personal_account', country: 'JP' }, 'personal-account', 'payment'],
    ['a market or school gate', { contact: 'at_market_or_school' }, 'market-or-school-approach', 'contact'],
  ])('finds by answers: %s', (_what, facts, signal, field) => {
    expect(check(facts).signals).toContainEqual(expect.objectContaining({ signal, field, span: null }));
  });

  it('joins a pasted text with the country of an answer', () => {
    expect(idsOf({ text: 'tuyển cskh lương 15 triệu', country: 'KH' })).toContain('cambodia-call-centre');
  });

  it('stays at verify for harmless answers at home', () => {
    expect(
      check({
        country: 'VN',
        work: 'phụ bếp',
        pay: '7 triệu',
        payment: 'nothing',
        papers: 'no',
        visa: 'none',
      }).level,
    ).toBe('verify');
  });

  it('raises no contract with payment before to danger', () => {
    expect(check({ country: 'JP', contract: 'none', payment: 'before_contract' }).level).toBe('danger');
  });

  it.each([
    ['Vinaconex Sài Gòn', 'caution'],
    ['Thịnh Vượng Hải Ngoại', 'caution'],
    ['Labcoop', 'verify'],
  ])('rates work in Japan by "%s" as %s', (agency, level) => {
    expect(check({ country: 'JP', agency }).level).toBe(level);
  });

  it('never lowers the level for a name in the register', () => {
    expect(check({ agency: 'Labcoop', country: 'JP', papers: 'they_keep' }).level).toBe('danger');
  });

  it('returns nothing but what is missing for an empty offer', () => {
    expect(check({})).toMatchObject({ level: 'verify', signals: [], agency: { kind: 'not_given' } });
  });

  it('survives 8,000 characters of repeated words', () => {
    expect(check('giữ hộ chiếu tuyển lương '.repeat(330)).signals.length).toBeGreaterThan(0);
  });
});

/** Which kind of offer a text is, so that the right guide is given. */
import { describe, expect, it } from '@jest/globals';
import { checkOffer } from '../../../bot/check/check-offer.ts';
import { namesOnlyASubject } from '../../../bot/check/looks-like-offer.ts';
import type { OfferFacts } from '../../../bot/check/offer.ts';
import { compileSignals } from '../../../bot/check/signals.ts';
import { loadDeps, loadSignalFiles } from './load.ts';

const now = new Date('2026-11-23T00:00:00Z');
const deps = loadDeps();
const kindOf = (facts: OfferFacts) => checkOffer(deps, facts, now).kind;

describe('the kind of an offer', () => {
  it.each([
    ['compound', 'Tuyển CSKH làm ở Bavet, lương 900 đô, bao vé, ib zalo'],
    ['compound', 'cong ty o svay rieng can nguoi nhap lieu, luong 25tr, xe don o ben xe'],
    ['compound', 'Chat support job in Sihanoukville, 1000 dollars a month, visa and ticket paid'],
    ['contract', 'Tuyển công nhân may đi Đài Loan, hợp đồng 3 năm, lương 28 triệu'],
    ['contract', 'đơn hàng đóng gói đi Nhật, phí 120 triệu, tuyển 20 nam nữ'],
    ['contract', 'Tuyển thợ hàn đi Ba Lan, lương 1200 đô'],
    ['contract', 'Welders wanted in Romania, salary 1100 euro, agency fee 3000 dollars'],
    ['eps', 'Bên em lo được suất EPS đi Hàn, phí 150 triệu'],
    ['eps', 'Tuyển thực tập sinh IM Japan, nộp hồ sơ qua em'],
    ['seasonal', 'Tuyển lao động thời vụ hái dâu ở Hàn Quốc 5 tháng'],
    ['seasonal', 'seasonal farm work in Korea, five months, pay 1500 dollars'],
    ['domestic', 'Cần người giúp việc ở Ả Rập, lương 10 triệu, bao ăn ở'],
    ['domestic', 'Tìm cô trông trẻ ở Hà Nội, lương 7 triệu, ăn ở tại nhà'],
    ['factory', 'Công ty ở Bắc Ninh tuyển công nhân lắp ráp, lương 9 triệu'],
    ['fishing', 'Tàu cá Rạch Giá cần bạn ghe, ứng trước 15 triệu'],
    ['fishing', 'can nguoi di bien, luong 12tr, ung truoc 10tr'],
    ['karaoke', 'Tuyển nhân viên nữ quán karaoke, bao ăn ở, ứng trước 10 triệu'],
    ['karaoke', 'Massage ở nước ngoài lương cao, chỉ nhận nữ, bao vé'],
    ['marriage', 'Có anh người Trung Quốc tìm vợ, nhà gái nhận 100 triệu, xem mặt mai đi'],
    ['surrogacy', 'Cần người mang thai hộ, bồi dưỡng 800 triệu, lo ăn ở'],
    ['organ', 'Cần người hiến thận, bồi dưỡng 500 triệu'],
    ['adoption', 'Ai có bé sơ sinh không nuôi được thì ib em nhận nuôi, có bồi dưỡng'],
    ['study', 'Du học nghề Đức vừa học vừa làm, lương 30 triệu'],
    ['scholarship', 'Em trúng học bổng du học Canada, phải chuyển 1 tỷ chứng minh tài chính'],
    ['model', 'Tuyển người mẫu ảnh lương cao, casting online, gửi ảnh'],
    ['route', 'Đi Anh gói VIP 50 nghìn đô, qua Nga, tới nơi mới trả tiền'],
    ['tourist', 'Đi Dubai làm phục vụ bằng visa du lịch, sang rồi đổi visa'],
    [null, 'chào bạn nha'],
  ])('is %s: %s', (kind, text) => {
    expect(kindOf({ text })).toBe(kind);
  });

  it.each<[string, OfferFacts]>([
    ['contract', { country: 'TW', work: 'đóng gói' }],
    ['domestic', { country: 'TW', work: 'giúp việc nhà' }],
    ['fishing', { country: 'VN', work: 'đi biển, tàu cá' }],
    ['factory', { country: 'VN', work: 'công nhân nhà máy' }],
  ])('is told by answers too: %s', (kind, facts) => {
    expect(kindOf(facts)).toBe(kind);
  });

  it.each([
    [
      'a sign that does not exist',
      { kinds: [{ id: 'odd', signs: ['no-such-sign'] }] },
      /kinds\.yaml: kind odd: signs: there is no sign no-such-sign/,
    ],
    ['neither signs nor words', { kinds: [{ id: 'odd' }] }, /kind odd: needs signs or patterns/],
    [
      'an unknown group of words',
      { kinds: [{ id: 'odd', patterns: ['@nothing-like-it'] }] },
      /kind odd: patterns\[0\]: unknown concept @nothing-like-it/,
    ],
    [
      'a kind given twice',
      {
        kinds: [
          { id: 'odd', patterns: ['tàu'] },
          { id: 'odd', patterns: ['ghe'] },
        ],
      },
      /kind odd: id: already taken/,
    ],
  ])('refuses %s, naming file and kind', (_name, data, says) => {
    const files = loadSignalFiles().filter(({ path }) => !path.endsWith('kinds.yaml'));
    expect(() => compileSignals([...files, { path: 'content/signals/kinds.yaml', data }])).toThrow(says);
  });
});

describe('a subject without an offer', () => {
  it.each([
    [true, 'du học nghề Hàn'],
    [true, 'em lỡ bầu muốn cho con nuôi'],
    [true, 'lay chong han can giay gi'],
    [false, 'bán thận giá 800tr liên hệ zalo'],
    [false, 'có chị rủ em sang Hàn du học nghề'],
    [false, 'tuyển nữ mang thai hộ'],
  ])('%s: %s', (isSubject, text) => {
    expect(namesOnlyASubject(text, deps)).toBe(isSubject);
  });
});

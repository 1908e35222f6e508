import { describe, expect, it } from '@jest/globals';
import { looksLikeOffer } from '../../../bot/check/looks-like-offer.ts';
import { loadDeps, loadOffers } from './load.ts';

const deps = loadDeps();

describe('looksLikeOffer', () => {
  it.each([
    'có cty ở campuchia tuyển cskh 20tr/tháng bao ăn ở, giữ hộ chiếu giùm, có uy tín k',
    'bạn em rủ đi đài loan làm giúp việc phí 100tr có nên đi ko',
    'chị ơi có người giới thiệu em lấy chồng hàn được 50tr',
    'Cần người hiến thận có bồi dưỡng 200 triệu, lo vé và mổ ở nước ngoài',
  ])('is true for "%s"', (text) => {
    expect(looksLikeOffer(text, deps)).toBe(true);
  });

  it.each([
    'xin chào',
    'phí đi nhật theo luật là bao nhiêu',
    'kiểm tra giúp em một công ty',
    'công ty traenco có giấy phép không',
    'visa du lịch có đi làm được không',
    'bán thận có phạm pháp không',
    'họ nhốt em bắt làm cskh 20tr/tháng mà k trả',
    'em bị giữ hộ chiếu ở campuchia',
    'con gái tôi đi làm ở campuchia mất liên lạc',
    'Công an cảnh báo chiêu trò tuyển CSKH Campuchia lương 20 triệu',
  ])('is false for "%s"', (text) => {
    expect(looksLikeOffer(text, deps)).toBe(false);
  });

  it('knows every seed offer', () => {
    expect(
      loadOffers('offers.seed.jsonl')
        .filter((row) => !looksLikeOffer(row.text, deps))
        .map((row) => row.text),
    ).toEqual([]);
  });

  it('knows nine in ten of the development offers that carry a sign', () => {
    const offers = loadOffers('offers.dev.jsonl').filter((row) => row.signals.length > 0);
    const known = offers.filter((row) => looksLikeOffer(row.text, deps));
    expect(known.length / offers.length).toBeGreaterThanOrEqual(0.9);
  });
});

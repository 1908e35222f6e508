import { describe, expect, it } from '@jest/globals';
import { monthlyVnd, readMoney } from '../../../bot/check/read-money.ts';
import { normalise } from '../../../bot/understand/normalise.ts';

describe('readMoney', () => {
  it.each([
    ['lương 20tr/tháng', 20e6, 'VND', 'month', 'pay'],
    ['lương 30-35 triệu', 35e6, 'VND', null, 'pay'],
    ['1tr2 một ngày', 1.2e6, 'VND', 'day', 'pay'],
    ['20 củ 1 tháng', 20e6, 'VND', 'month', 'pay'],
    ['lương 900$', 900, 'USD', null, 'pay'],
    ['2k5 usd', 2500, 'USD', null, 'unknown'],
    ['18 man', 180e3, 'JPY', null, 'unknown'],
    ['165.000 yên', 165e3, 'JPY', null, 'unknown'],
    ['27.470 Đài tệ', 27470, 'TWD', null, 'unknown'],
    ['cọc 1,5 tỷ', 1.5e9, 'VND', null, 'fee'],
    ['70k/giờ', 70e3, 'VND', 'hour', 'pay'],
    ['nop 600 nghin giu cho', 600e3, 'VND', null, 'fee'],
    ['nhà gái nhận 70 triệu', 70e6, 'VND', null, 'given'],
    ['mỗi ngày 500k', 500e3, 'VND', 'day', 'pay'],
    ['lương 8 triệu, giờ hành chính', 8e6, 'VND', null, 'pay'],
    ['luong 25 trieu 1 thang', 25e6, 'VND', 'month', 'pay'],
    ['1 tháng 20 triệu', 20e6, 'VND', 'month', 'pay'],
    ['lương từ 20 đến 30 triệu', 30e6, 'VND', null, 'pay'],
    ['nộp 20 triệu đến 25/12', 20e6, 'VND', null, 'fee'],
    ['cọc 1 triệu 200 nghìn', 1.2e6, 'VND', null, 'fee'],
    ['cọc 2 triệu rưỡi', 2.5e6, 'VND', null, 'fee'],
    ['nop 500000 dong', 500e3, 'VND', null, 'fee'],
    ['salary 20 million vnd a month', 20e6, 'VND', 'month', 'pay'],
  ])('reads "%s"', (text, most, currency, per, role) => {
    expect(readMoney(normalise(text))).toMatchObject([{ most, currency, per, role }]);
  });

  it.each([
    'em 2k9',
    '18 dong nghiep',
    'tuyển 20 nữ',
    'đơn 3 năm',
    'gọi 0900 000 101',
    'quận 7',
    '18-25 tuổi',
  ])('reads no money in "%s"', (text) => {
    expect(readMoney(normalise(text))).toEqual([]);
  });

  it('counts pay by the month: 26 days of 8 hours', () => {
    const [daily] = readMoney(normalise('500k/ngày'));
    const [hourly] = readMoney(normalise('20k/giờ'));
    expect(daily === undefined ? null : monthlyVnd(daily)).toBe(13e6);
    expect(hourly === undefined ? null : monthlyVnd(hourly)).toBe(20e3 * 8 * 26);
  });
});

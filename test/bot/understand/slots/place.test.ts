/** Any answer to "where?" is kept; country and province only when they are sure. */
import { describe, expect, it } from '@jest/globals';
import { readPlace } from '../../../../bot/understand/slots/read-slot.ts';
import { countries, provinces } from './registers.ts';

describe('readPlace', () => {
  it.each([
    ['xưởng may ở Thuận An, Bình Dương', 'VN', 'ho-chi-minh'],
    ['Hà Nội', 'VN', 'ha-noi'],
    ['ha giang', 'VN', 'tuyen-quang'],
    ['ở sài gòn', 'VN', 'ho-chi-minh'],
    ['lào cai', 'VN', 'lao-cai'],
    ['Thái Nguyên', 'VN', 'thai-nguyen'],
    ['Sóc Trăng'.normalize('NFD'), 'VN', 'can-tho'],
    ['việt nam', 'VN', null],
    ['Nghệ An và Hà Tĩnh', 'VN', null],
    ['bên cam', 'KH', null],
    ['em ở lào', 'LA', null],
    ['đài loan', 'TW', null],
    ['i am in dubai', 'AE', null],
    ['nhà số 5 gần chợ', null, null],
    ['trong rừng', null, null],
    ['quê Nghệ An đang ở Lào', null, null],
  ])('reads "%s": country %p, province %p', (text, country, province) => {
    const said = text.normalize('NFC');
    expect(readPlace(provinces, countries, text)).toEqual({
      kind: 'read',
      value: { country, province, said },
    });
  });

  it('keeps what was said, with single blanks', () => {
    expect(readPlace(provinces, countries, '  gần\n cầu   cũ ')).toMatchObject({
      value: { said: 'gần cầu cũ' },
    });
  });

  it('cuts an essay without breaking a character', () => {
    const read = readPlace(provinces, countries, `${'a'.repeat(7999)}📍${'b'.repeat(10)}`);
    expect(read.kind === 'read' && read.value.said.length <= 8000 && read.value.said.isWellFormed()).toBe(
      true,
    );
  });

  it.each([
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['signs', '...'],
    ['a picture', '📍'],
  ])('reads no place in %s', (_what, text) => {
    expect(readPlace(provinces, countries, text)).toEqual({ kind: 'not_read' });
  });
});

/** What a scan tells the flows: what is happening, and whom it may have happened to. */
import { describe, expect, it } from '@jest/globals';
import { compileDangerRules } from '../../../bot/safety/rules.ts';
import { scanDanger } from '../../../bot/safety/scan.ts';
import { kindOf, whoOf } from '../../../bot/safety/situation.ts';
import { readSafetyContent } from './content.ts';

const rules = compileDangerRules(readSafetyContent());

describe('the kind of danger', () => {
  it.each([
    ['em không muốn sống nữa', 'life', null],
    ['em đang ở trên tàu cá, chủ không cho lên bờ', 'sea', null],
    ['họ đang chở tụi em ra biên giới', 'moved', null],
    ['they are driving me to the border', 'moved', null],
    ['họ đánh em chảy máu', 'hurt', null],
    ['họ giữ hộ chiếu của em', 'papers', null],
    ['nó dọa tung ảnh nóng của em nếu em không trả tiền', 'photos', null],
    ['họ gọi đòi tiền chuộc', 'money', 'maybe'],
    ['con trai tôi bị nhốt ở Myanmar', 'held', 'maybe'],
    ['chồng em đánh em', 'hurt', 'maybe'],
    ['em gái mình 3 ngày nay không trả lời', 'lost', 'relative'],
    ['em gai minh 3 ngay nay khong tra loi', 'lost', 'relative'],
    ['my sister has not answered for three days', 'lost', 'relative'],
    ['có người lạ dắt con tôi 5 tuổi lên xe đi mất rồi', 'child', 'relative'],
  ])('%s: %s, to %s', (text, kind, who) => {
    const scan = scanDanger(rules, [text]);
    expect({ kind: kindOf(scan.reasons), who: whoOf(scan, kindOf(scan.reasons)) }).toEqual({ kind, who });
  });

  it.each(['cứu em với', 'sos', 'xin chào'])('%s does not tell what is happening: the flow asks', (text) => {
    const scan = scanDanger(rules, [text]);
    expect({ kind: kindOf(scan.reasons), who: whoOf(scan, null) }).toEqual({ kind: null, who: null });
  });

  it('takes what must be done soonest when several things happen', () => {
    const scan = scanDanger(rules, ['họ giữ hộ chiếu và đang chở em ra biên giới']);
    expect(kindOf(scan.reasons)).toBe('moved');
  });

  it('names no relative who was named only in an earlier message', () => {
    const scan = scanDanger(rules, ['con trai tôi đi làm xa', 'họ nhốt tôi trong phòng']);
    expect(scan.namesRelative).toBe(false);
  });
});

/** What a phrase changes: rows that are mended, broken or about danger; and what may not be proposed. */
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Assets,
  findProposalFault,
  outcomesOf,
  ownRows,
  type Proposal,
  type TrialRow,
  tryProposal,
} from '../../../bot/index.ts';
import { loadRealAssets } from '../../support/assets.ts';

jest.setTimeout(120_000);

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
}, 60_000);

const ROWS: readonly TrialRow[] = [
  { task: 'risk', text: 'họ đánh em, cứu em với', expected: 'imminent' },
  { task: 'risk', text: 'nhớ nhà quá đi', expected: 'none' },
  { task: 'intents', text: 'con trâu nhà mình leo cây', expected: 'ask_fees_legal' },
  { task: 'intents', text: 'phí môi giới bao nhiêu là đúng', expected: 'ask_fees_legal' },
  {
    task: 'offers',
    text: 'Tuyển gấp nữ phục vụ sang Campuchia, lương 30 triệu, bao ăn ở',
    expected: 'offer',
  },
];
const attempt = (proposal: Proposal) => tryProposal(assets, ROWS, outcomesOf(assets, ROWS), proposal);

describe('a trial', () => {
  it('says what the bot does with each row: danger first, then offers, then wishes', () => {
    const [danger, , odd, fees, offer] = outcomesOf(assets, ROWS);
    expect({ danger, odd, fees }).toEqual({ danger: 'danger', odd: 'none', fees: 'say:intents.fees' });
    expect(offer).toMatch(/^flow:check-offer\.|^danger$/);
  });

  it('counts a row that is understood with the phrase as mended', () => {
    const { mended, broken, tasks } = attempt({
      ...{ kind: 'intent', target: 'ask_fees_legal', text: 'con trâu nhà mình leo cây' },
    });
    expect(mended).toMatchObject([{ text: 'con trâu nhà mình leo cây', before: 'none' }]);
    expect(broken).toEqual([]);
    expect(tasks.find(({ task }) => task === 'intents')).toEqual({
      ...{ task: 'intents', n: 2, rightBefore: 1, rightAfter: 2 },
    });
  });

  it('counts a row that a route takes away as broken', () => {
    const { broken } = attempt({ kind: 'route', target: 'numbers', text: 'bao nhiêu là đúng' });
    expect(broken).toMatchObject([
      {
        text: 'phí môi giới bao nhiêu là đúng',
        before: 'say:intents.fees',
        after: expect.stringMatching(/^flow:numbers\./),
      },
    ]);
  });

  it('names rows about danger that would be answered in another way', () => {
    const row = ownRows(assets).find(({ expected }) => assets.intents.byId.get(expected)?.group === 'danger');
    const rows = row === undefined ? [] : [{ ...row, text: 'con trâu nhà mình leo cây' }];
    const { danger } = tryProposal(assets, rows, outcomesOf(assets, rows), {
      ...{ kind: 'route', target: 'numbers', text: 'nhà mình leo cây' },
    });
    expect(danger).toMatchObject([{ before: 'none', after: expect.stringMatching(/^flow:numbers\./) }]);
  });

  it('leaves the assets as they were', () => {
    attempt({ kind: 'intent', target: 'ask_fees_legal', text: 'con trâu nhà mình leo cây' });
    expect(outcomesOf(assets, ROWS)[2]).toBe('none');
  });
});

describe('what may not be proposed', () => {
  it.each([
    ['phrase_known', { kind: 'intent', target: 'check_offer', text: 'Kiem tra giup em loi moi nay!' }],
    ['phrase_elsewhere', { kind: 'intent', target: 'ask_fees_legal', text: 'kiểm tra giúp em lời mời này' }],
    ['unknown_target', { kind: 'intent', target: 'nothing', text: 'gì đó' }],
    ['phrase_known', { kind: 'route', target: 'check-offer', text: 'kiểm tra giúp' }],
    ['phrase_elsewhere', { kind: 'route', target: 'numbers', text: 'kiểm tra giúp' }],
    ['unknown_target', { kind: 'route', target: 'nothing', text: 'gì đó' }],
    [null, { kind: 'route', target: 'numbers', text: 'con trâu leo cây' }],
  ] as const)('%s: %j', (fault, proposal) => {
    expect(findProposalFault(assets, proposal)).toBe(fault);
  });
});

import { describe, expect, it } from '@jest/globals';
import { matchAgency, parseAgencies } from '../../../bot/check/agencies.ts';
import { loadAgencyQueries, loadRegister } from './load.ts';

const now = new Date('2026-11-23T00:00:00Z');
const register = loadRegister();
const idsOf = (mention: string) => matchAgency(register, mention, now).rows.map((row) => row.id);

describe('matchAgency', () => {
  it.each([
    ['Công ty cổ phần Traenco', 'AG0115'],
    ['cty cp traenco', 'AG0115'],
    ['công ty cổ phần Traenco Quốc tế', 'AG0270'],
    ['Labcoop', 'AG0148'],
    ['LABCOOP., JSC', 'AG0148'],
    ['ctcp cung ung nhan luc quoc te polimex', 'AG0116'],
    ['E SU HAI', 'AG0338'],
    ['JH', 'AG0361'],
    ['Trung tâm Lao động ngoài nước', 'AG0368'],
  ])('finds "%s" exactly', (mention, id) => {
    const match = matchAgency(register, mention, now);
    expect({ kind: match.kind, ids: match.rows.map((row) => row.id) }).toEqual({ kind: 'exact', ids: [id] });
  });

  it.each([
    ['Hoàng Long', ['AG0049', 'AG0063']],
    ['simco song da', ['AG0019', 'AG0139']],
  ])('returns every row that shares the core of "%s"', (mention, ids) => {
    expect(idsOf(mention).sort()).toEqual(ids);
  });

  it.each([
    ['Traenco Nghệ An', 'another city added'],
    ['Hoàng Gia', 'a word dropped'],
    ['Hoàng Long Phát', 'a word added'],
    ['Suleko', 'a letter changed'],
    ['Hoàng Lòng', 'other marks'],
    ['Traenco Group', 'a form it does not have'],
    ['Nhân lực An Bình (LABCOOP)', 'a borrowed code in brackets'],
    ['JHH', 'a short code with one letter more'],
    ['LOT', 'a short code with one letter changed'],
  ])('does not call "%s" found (%s)', (mention) => {
    expect(matchAgency(register, mention, now).kind).not.toBe('exact');
  });

  it.each([
    ['Vinaconex Sài Gòn', 'revoked'],
    ['Midori Việt Nam', 'unlicensed'],
    ['h5.vinacomvn.com', 'fake'],
    ['SD Group', 'sanctioned'],
  ])('keeps the status of "%s"', (mention, status) => {
    expect(matchAgency(register, mention, now).rows[0]?.status).toBe(status);
  });

  it('says the date of the copied list and that it is old after 30 days', () => {
    expect(matchAgency(register, 'LOD', new Date('2024-03-01T00:00:00Z'))).toMatchObject({
      registerDate: '2024-02-01',
      registerIsOld: false,
    });
    expect(matchAgency(register, 'LOD', new Date('2024-03-03T00:00:00Z')).registerIsOld).toBe(true);
  });

  it('answers not_given to an empty name', () => {
    expect(matchAgency(register, '  ', now)).toMatchObject({ kind: 'not_given', mention: null, rows: [] });
  });

  it('finds every row by each of its own names', () => {
    const lost = register.rows
      .filter((row) => row.recordType !== 'impersonation_warning')
      .flatMap((row) =>
        [row.nameVi, row.nameTrading ?? '', row.shortName ?? ''].map((name) => ({ row, name })),
      )
      .filter(({ name }) => name !== '' && name !== 'Tên giao dịch')
      .filter(({ row, name }) => !matchAgency(register, name, now).rows.includes(row));
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  it('ranks the right row first on the development list and calls no near or invented name found', () => {
    const queries = loadAgencyQueries();
    const wanted = queries.filter((query) => query.expect === 'match');
    const first = wanted.filter((query) => query.accept.includes(idsOf(query.text)[0] ?? ''));
    const wronglyFound = queries
      .filter((query) => query.expect !== 'match' && matchAgency(register, query.text, now).kind === 'exact')
      .map((query) => query.text);
    expect(wanted.length).toBeGreaterThanOrEqual(200);
    expect(first.length / wanted.length).toBeGreaterThanOrEqual(0.98);
    expect(wronglyFound).toEqual([]);
  });
});

describe('the lists of queries', () => {
  it.each([
    ['dev', 1, 1],
    ['held', 0.98, 0.98],
  ])('keeps its rates on %s', (name, recall, exact) => {
    const queries = loadAgencyQueries(`test/data/agencies/${name}.jsonl`).map((query) => ({
      query,
      match: matchAgency(register, query.text, now),
    }));
    const wanted = queries.filter(({ query }) => query.expect === 'match');
    const right = wanted.filter(({ query, match }) => query.accept.includes(match.rows[0]?.id ?? ''));
    expect(right.length / wanted.length).toBeGreaterThanOrEqual(recall);
    const found = queries.filter(({ match }) => match.kind === 'exact');
    const rightlyFound = found.filter(({ query, match }) => query.accept.includes(match.rows[0]?.id ?? ''));
    expect(rightlyFound.length / found.length).toBeGreaterThanOrEqual(exact);
    const wrong = found.filter(({ query }) => query.expect !== 'match').map(({ query }) => query.text);
    expect(wrong).toEqual([]);
  });
});

describe('parseAgencies', () => {
  const row = {
    id: 'AG0001',
    record_type: 'licensed_list',
    name_vi: 'Công ty Mẫu',
    name_trading: '',
    short_name: '',
    status: 'active',
    status_as_of: '2024',
    markets: '',
    address: '',
    website: '',
    source: 'example.org',
    source_date: '2024-02-01',
    confidence: 'single_source',
    note: '',
  };

  it('names row and column of every fault', () => {
    const rows = [row, { ...row, id: 'X1' }, { ...row, id: 'AG0002', status: 'good' }];
    expect(() => parseAgencies(rows)).toThrow(/row 3, column id[\s\S]*row 4, column status/u);
  });

  it('refuses an id that stands twice', () => {
    expect(() => parseAgencies([row, row])).toThrow('row 3, column id: AG0001 stands twice');
  });

  it('turns empty cells into null', () => {
    expect(parseAgencies([row]).rows[0]).toMatchObject({ nameTrading: null, address: null, note: null });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import {
  findServiceFaults,
  type Service,
  ServiceSchema,
  SERVICES_PATH,
  ServicesFileSchema,
  servicesToName,
} from '../../../bot/content/services.ts';
import { type RenderContext, renderText } from '../../../bot/content/render.ts';
import { readYaml } from '../../../bot/content/yaml.ts';
import type { Assets } from '../../../bot/index.ts';
import { loadRealAssets, repositoryRoot } from '../../support/assets.ts';

const service = {
  id: 'service-trial',
  kind: 'commune',
  level: 'commune',
  display: 'live',
  confidence: 'confirmed',
  shown: true,
  name: { vi: 'Nơi thử', en: 'Trial place' },
  does: { vi: 'thử', en: 'tries' },
  who: 'Whoever tries.',
  source: 'a book',
  source_date: null,
  checked: '2026-11-22',
  expires: '2027-05-22',
  owner: 'legal',
} as const;

describe('an entry of the register of services', () => {
  it.each([
    ['is live with one source', { confidence: 'likely' }, /only what is confirmed may be live/],
    ['is shown while it is held', { display: 'hold' }, /what is not live is shown to nobody/],
    ['expires before its check', { expires: '2026-11-22' }, /lies before the day of the check/],
    ['is of a kind nobody knows', { kind: 'shop' }, /kind|Invalid/],
    ['has no English', { name: { vi: 'Nơi thử' } }, /Invalid|expected/],
    ['has an address', { address: 'somewhere' }, /address/],
  ])('is refused when it %s', (_what, change, message) => {
    const result = ServiceSchema.safeParse({ ...service, ...change });
    expect(result.success).toBe(false);
    expect(JSON.stringify(result.error?.issues)).toMatch(message);
  });

  it('is refused when its id stands there twice, with its line', () => {
    const file = readYaml({ path: SERVICES_PATH, text: 'services:\n  - id: a\n  - id: a\n' });
    if (!file.ok) throw new Error('the test file is no YAML');
    const twice: readonly Service[] = [ServiceSchema.parse(service), ServiceSchema.parse(service)];
    expect(findServiceFaults(file.file, twice)).toMatchObject([{ line: 3, severity: 'error' }]);
  });
});

describe('the services named to a person', () => {
  let services: readonly Service[];
  beforeAll(async () => {
    services = ServicesFileSchema.parse(
      parse(await readFile(join(repositoryRoot, SERVICES_PATH), 'utf8')),
    ).services;
  });
  const named = (day: string): readonly string[] =>
    servicesToName(services, new Date(day)).map(({ id }) => id);

  it('are live and freshly checked, those of the commune first', () => {
    expect(named('2026-11-25T00:00:00Z')).toEqual([
      'service-commune',
      'service-police',
      'service-border-guard',
      'service-health',
      'service-home-affairs',
    ]);
  });

  it('are none once every check is overdue', () => {
    expect(named('2027-05-22T00:00:00Z')).toEqual([]);
  });
});

describe('the finder of provinces', () => {
  let assets: Assets;
  beforeAll(async () => {
    assets = await loadRealAssets();
  });
  const context = (province: string, language = 'vi'): RenderContext => ({
    language,
    mode: 'normal',
    now: new Date('2026-11-25T00:00:00Z'),
    staffed: true,
    slots: { home_province: province },
    args: {},
  });

  it.each([
    ['tuyen-quang', 'vi', 'Nơi bạn viết nay thuộc Tuyên Quang. Tuyên Quang gồm cả Hà Giang trước đây.'],
    ['son-la', 'vi', 'Nơi bạn viết nay thuộc Sơn La. Ở đó nay không còn'],
    ['lao-cai', 'en', 'The place you wrote is now in Lao Cai. Lao Cai includes what used to be Yên Bái.'],
  ])('tells of %s in %s', (province, language, begins) => {
    const text = renderText(assets, context(province, language), 'find-province.found', 'text');
    expect(text.slice(0, begins.length)).toBe(begins);
  });

  it('has a screenful at most for each of the 34', () => {
    const lengths = assets.provinces.map(
      ({ id }) => renderText(assets, context(id), 'find-province.found', 'text').length,
    );
    expect(lengths).toHaveLength(34);
    expect(Math.max(...lengths)).toBeLessThan(620);
  });
});

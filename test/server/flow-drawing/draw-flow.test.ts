import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Assets, exitsOf, type Flow, NODE_KINDS } from '../../../bot/index.ts';
import { drawFlow, drawSheets } from '../../../server/flow-drawing/draw-flow.ts';
import { drawPages } from '../../../server/flow-drawing/pages.ts';
import { drawOptionsOf } from '../../../server/flow-drawing/picture.ts';
import { HOSTILE, HOSTILE_OPTIONS, loadEveryKind } from './flows.ts';
import { readXml } from './read-xml.ts';

let assets: Assets;
let everyKind: Flow;
beforeAll(async () => {
  ({ assets, flow: everyKind } = await loadEveryKind());
});

const drawn = (flow: Flow, language = 'en'): string => drawFlow(flow, drawOptionsOf(assets, flow, language));
/** Flows as they are, and the earlier versions that are kept. */
const allFlows = (): readonly Flow[] => {
  const today = [...assets.flows.values()];
  const earlier = [...assets.releases.values()].filter(
    ({ id, version }) => assets.flows.get(id)?.version !== version,
  );
  return [...today, ...earlier];
};

describe('drawFlow', () => {
  it('draws every flow, today’s and released, as well-formed XML', () => {
    for (const flow of allFlows()) expect(readXml(drawn(flow)).name).toBe('svg');
  });

  it('shows the first words of the texts in the language that is asked for', () => {
    const flow = assets.flows.get('are-you-safe') ?? everyKind;
    const words = (language: string): string | undefined =>
      readXml(drawFlow(flow, drawOptionsOf(assets, flow, language)))
        .all('text')
        .find(({ attributes }) => attributes['class'] === 'words')?.text;
    expect(words('vi')).toMatch(/^“\p{Lu}.*[àáạảãâăđêôơư]/u);
    expect(words('en')).toMatch(/^“[A-Z][ -~]+/);
  });

  it('shows every node once by its id and kind, and every exit by its name', () => {
    for (const flow of allFlows()) {
      const svg = readXml(drawn(flow));
      const ids = svg.all('text').filter(({ attributes }) => attributes['class'] === 'id');
      expect(ids.map(({ text }) => text).sort()).toEqual([...flow.nodes.keys()].sort());
      const boxes = svg.all('g').map(({ attributes }) => attributes['class']);
      const kinds = [...flow.nodes.values()].map(({ kind }) => kind);
      expect(boxes.filter((name) => name !== undefined).sort()).toEqual([...kinds].sort());
      const exits = svg.all('tspan').map(({ text }) => text.replace(/ \d+[mhd]$/, ''));
      const expected = [...flow.nodes.values()].flatMap((node) => exitsOf(node).map(([exit]) => exit));
      expect([...exits].sort()).toEqual([...expected].sort());
    }
  });

  it('has one arrow from each node to each node that its exits name', () => {
    const flow = everyKind;
    const pairs = new Set(
      [...flow.nodes.values()].flatMap((node) => exitsOf(node).map(([, to]) => `${node.id} ${to}`)),
    );
    const arrows = readXml(drawn(flow))
      .all('path')
      .filter(({ attributes }) => attributes['class']?.startsWith('arrow') === true);
    // and one from the start
    expect(arrows.length).toBe(pairs.size + 1);
  });

  it('says what a listener needs: a role, a title, and every way in words', () => {
    const svg = readXml(drawn(everyKind));
    expect(svg.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'flow-title flow-desc' });
    expect(svg.all('title').map(({ text }) => text)).toEqual(['every-kind, version 3']);
    const words = svg.all('desc')[0]?.text ?? '';
    for (const node of everyKind.nodes.values()) {
      expect(words).toContain(`${node.id}: ${node.kind}`);
      for (const [exit, target] of exitsOf(node))
        expect(words).toMatch(new RegExp(`${exit}( 10m)? → ${target}`));
    }
  });

  it.each(NODE_KINDS)('gives a %s an outline and a sign of its own', (kind) => {
    const svg = readXml(drawn(everyKind));
    const partsOf = (name: string): readonly string[] =>
      svg
        .all('g')
        .filter(({ attributes }) => attributes['class'] === name)
        .flatMap((box) =>
          box
            .all('path')
            .filter((path) => path.attributes['class'] === 'sign')
            .slice(0, 1),
        )
        .map(({ attributes }) => attributes['d'] ?? '');
    const others = NODE_KINDS.filter((other) => other !== kind).flatMap(partsOf);
    expect(partsOf(kind)).toHaveLength(1);
    expect(others).not.toContain(partsOf(kind)[0]);
  });

  it('shows conditions, limits, waits and values as they are written', () => {
    const lines = readXml(drawn(everyKind))
      .all('text')
      .map(({ text }) => text);
    const whole = lines.join(' ');
    expect(whole).toContain('young: has(slots.age) && slots.age < 18');
    expect(whole).toContain('named: args.about == "<b>&"');
    expect(whole).toContain('→ age: number (min 1, max 99)');
    expect(whole).toContain('waits 10m');
    expect(whole).toContain('silence 10m');
    expect(whole).toContain('empties age');
    expect(whole).toContain('told = true');
  });

  it('names the version, that of today, and those that are kept', () => {
    const notes = (flow: Flow): string =>
      readXml(drawn(flow))
        .all('text')
        .filter(({ attributes }) => attributes['class'] === 'note')
        .map(({ text }) => text)
        .join(' ');
    const old = assets.releases.get('talk-to-a-person@1');
    const today = assets.flows.get('talk-to-a-person');
    expect(notes(everyKind)).toContain('the version of today, not released yet');
    expect(old === undefined ? '' : notes(old)).toContain('an earlier version; today is 2');
    expect(today === undefined ? '' : notes(today)).toContain('also kept: 1');
  });

  it('lets no text of a flow become markup', () => {
    const svg = drawFlow(everyKind, HOSTILE_OPTIONS);
    const read = readXml(svg);
    const names = new Set(read.everything().map(({ name }) => name));
    expect([...names].sort()).toEqual(
      ['circle', 'desc', 'g', 'path', 'rect', 'style', 'text', 'title', 'tspan'].sort(),
    );
    expect(read.all('desc')[0]?.text).toContain('</text><script>alert("x")</script>&amp;');
    expect(svg).not.toContain(HOSTILE);
  });

  it('needs nothing from outside and runs nothing', () => {
    for (const flow of allFlows()) {
      const svg = drawn(flow).replace('xmlns="http://www.w3.org/2000/svg"', '');
      expect(svg).not.toMatch(/https?:|url\(|@import|@font-face|<script|<image|<use|href=|\son\w+=/i);
    }
  });

  it('draws the same picture every time', () => {
    for (const flow of allFlows().slice(0, 4))
      expect(drawFlow(flow, drawOptionsOf(assets, flow, 'en'))).toBe(drawn(flow));
  });

  it('draws a flow whose start or target is not there, as somebody writing it would meet it', () => {
    const broken: Flow = { ...everyKind, start: 'nowhere', nodes: new Map([...everyKind.nodes].slice(0, 1)) };
    expect(readXml(drawn(broken)).all('circle')).toEqual([]);
  });
});

describe('drawSheets', () => {
  /** Ten and more side by side, out of one node or as ways in by words: for the screen until wide rows can be folded. */
  const isWide = ({ nodes }: Flow): boolean => {
    const targets = [...nodes.values()].map((node) => new Set(exitsOf(node).map(([, to]) => to)));
    const led = new Set(targets.flatMap((one) => [...one]));
    const waysIn = [...nodes.keys()].filter((id) => !led.has(id));
    return Math.max(waysIn.length, ...targets.map(({ size }) => size)) >= 10;
  };

  it('prints every flow but the widest with letters of 5.5 points and more', () => {
    for (const flow of allFlows().filter((one) => !isWide(one)))
      for (const svg of drawSheets(flow, drawOptionsOf(assets, flow, 'vi'))) {
        const [, , width = 0, height = 0] = (readXml(svg).attributes['viewBox'] ?? '').split(' ').map(Number);
        // mm of an A4 sheet within margins of 10 mm; the smallest letters are 11 px
        const [short, long] = [190, 277];
        const upright = Math.min(short / width, long / height);
        const across = Math.min(long / width, short / height);
        const pointsPerPx = (width > height ? across : upright) * (72 / 25.4);
        expect(pointsPerPx * 11).toBeGreaterThanOrEqual(5.5);
      }
  });

  it('shows every node of a flow on exactly one sheet', () => {
    const flow = assets.flows.get('in-danger') ?? everyKind;
    const sheets = drawSheets(flow, drawOptionsOf(assets, flow, 'vi'));
    const ids = sheets.flatMap((svg) =>
      readXml(svg)
        .all('text')
        .filter(({ attributes }) => attributes['class'] === 'id')
        .map(({ text }) => text),
    );
    expect(sheets.length).toBeGreaterThan(1);
    expect([...ids].sort()).toEqual([...flow.nodes.keys()].sort());
  });
});

describe('drawPages', () => {
  it('gives each sheet a title of its own id', () => {
    const flow = assets.flows.get('in-danger') ?? everyKind;
    const ids = [...drawPages(flow, drawOptionsOf(assets, flow, 'vi')).matchAll(/ id="([^"]+)"/g)].map(
      ([, id]) => id,
    );
    expect(ids.length).toBeGreaterThan(2);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

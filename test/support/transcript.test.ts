/** The transcript format: faults name their place, languages and time do what an editor expects. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Assets } from '../../bot/index.ts';
import { loadRealAssets } from './assets.ts';
import { eventsOf, playTranscript, saidKeys } from './play-transcript.ts';
import { parseTranscript, type Transcript } from './transcript.ts';
import { transcriptText } from './transcript-text.ts';

let assets: Assets;
beforeAll(async () => {
  assets = await loadRealAssets();
});

const read = (...lines: readonly string[]): Transcript => parseTranscript('x.yaml', lines.join('\n'));
const keys = (transcript: Transcript, language = 'vi'): readonly string[] =>
  playTranscript(assets, transcript, language).map((turn) => saidKeys(turn).join(' '));

describe('a transcript that is written wrongly', () => {
  it.each([
    ['an unknown field', '{ persn: alo, bot: [] }', 'x.yaml:4: turns.0: Unrecognized key: "persn"'],
    ['two deeds in one turn', '{ person: alo, tap: menu, bot: [] }', 'one turn has person and tap'],
    ['a turn without any deed', '{ bot: [] }', 'x.yaml:4: turns.0: nothing happens here'],
    ['a wait of another shape', '{ wait: 15 min, bot: [] }', 'turns.0.wait: a waiting time looks like 10m'],
    [
      'a time that does not exist',
      '{ at: "24:10", bot: [] }',
      'turns.0.at: a time of day looks like "02:00"',
    ],
    ['a wait with a time', '{ wait: 1h, at: "02:00", bot: [] }', 'either by wait or to at'],
    ['a caption of nothing', '{ person: alo, caption: ảnh, bot: [] }', 'turns.0.caption: a caption belongs'],
    ['a language left out', '{ person: { vi: chào }, bot: [] }', 'turns.0.person: the text in en is missing'],
    [
      'a language too many',
      '{ tap: menu, bot: [], says: { km: [a] } }',
      'turns.0.says.km: km is not among the languages of this transcript (vi, en)',
    ],
    ['no list of keys', '{ person: alo }', 'turns.0.bot: '],
  ])('names file, line and field of %s', (_what, turn, fault) => {
    expect(() => read('title: một chuyện', 'languages: [vi, en]', 'turns:', `  - ${turn}`)).toThrow(fault);
  });

  it('is refused when it has both language and languages', () => {
    expect(() =>
      read('title: x', 'language: vi', 'languages: [en]', 'turns: [{ start: null, bot: [] }]'),
    ).toThrow('x.yaml:2: language: write language or languages, not both');
  });

  it('names the line of a fault in the YAML itself', () => {
    expect(() => read('title: x', 'turns:', '\t- start: null')).toThrow('x.yaml:3: ');
  });

  it('is not played in a language that is not served', () => {
    const transcript = read('title: x', 'language: km', 'turns: [{ start: null, bot: [] }]');
    expect(() => playTranscript(assets, transcript, 'km')).toThrow('does not serve the language km');
  });
});

describe('a transcript that is played', () => {
  it('is Vietnamese and staffed when nothing else is said', () => {
    const transcript = read('title: x', 'turns: [{ start: null, bot: [] }]');
    expect({ languages: transcript.languages, staffed: transcript.staffed }).toEqual({
      languages: ['vi'],
      staffed: true,
    });
  });

  it('says in each language what the person says there', () => {
    const transcript = read(
      'title: { vi: một chuyện, en: a story }',
      'languages: [vi, en]',
      'turns: [{ person: { vi: xóa hết, en: erase everything }, bot: [] }]',
    );
    const text = (language: string): string =>
      transcriptText(transcript, playTranscript(assets, transcript, language), language);
    expect(text('vi')).toMatch(/^một chuyện\n\nNgười: xóa hết\nBot: Bạn muốn xóa hết không\?/);
    expect(text('en')).toMatch(
      /^a story\n\nPerson: erase everything\nBot: Do you want to erase everything\?/,
    );
    expect(text('en')).toContain('\n  [1] Erase all\n  [2] Keep it\n');
  });

  it.each([
    ['one minute too early', '14m', ''],
    ['when the time is over', '15m', 'talk-to-a-person.long-wait'],
    ['once, however long it lasts', '3d', 'talk-to-a-person.long-wait'],
  ])('lets a waiting question speak: %s', (_when, wait, said) => {
    const transcript = read(
      'title: x',
      'turns:',
      '  - { person: gặp người thật, bot: [] }',
      `  - { wait: ${wait}, bot: [] }`,
    );
    expect(keys(transcript)[1]).toBe(said);
  });

  it('lets a waiting question speak before the person who writes later', () => {
    const transcript = read(
      'title: x',
      'turns:',
      '  - { person: gặp người thật, bot: [] }',
      '  - { at: "02:00", person: em vẫn chờ, bot: [] }',
    );
    const played = playTranscript(assets, transcript, 'vi');
    expect(played.slice(1).flatMap(saidKeys)).toEqual([
      'talk-to-a-person.long-wait',
      'talk-to-a-person.noted',
    ]);
    const text = transcriptText(transcript, played, 'vi');
    expect(text.indexOf('Xin lỗi bạn')).toBeLessThan(text.indexOf('  (lúc 02:00)\nNgười: em vẫn chờ\nBot: '));
  });

  it.each([
    ['later today', '15:10', '2026-11-23T08:25:00.000Z'],
    ['tomorrow when it is past', '14:00', '2026-11-24T07:15:00.000Z'],
    ['tomorrow when it is now', '15:00', '2026-11-24T08:15:00.000Z'],
  ])('goes on to the next such time in Vietnam: %s', (_when, at, until) => {
    const transcript = read(
      'title: x',
      'turns:',
      '  - { start: null, bot: [] }',
      `  - { at: "${at}", person: gặp người thật, bot: [] }`,
    );
    const events = playTranscript(assets, transcript, 'vi').flatMap(eventsOf);
    expect(events.find((event) => event.type === 'wait_started')).toEqual({ type: 'wait_started', until });
  });

  it('changes who is on duty from a turn on, and says so', () => {
    const transcript = read(
      'title: x',
      'staffed: false',
      'turns:',
      '  - { person: gặp người thật, bot: [] }',
      '  - { person: menu, staffed: true, bot: [] }',
      '  - { tap: human, bot: [] }',
    );
    expect(keys(transcript)).toEqual([
      'talk-to-a-person.called talk-to-a-person.wish',
      'welcome.menu',
      'talk-to-a-person.called talk-to-a-person.waiting',
    ]);
    const text = transcriptText(transcript, playTranscript(assets, transcript, 'vi'), 'vi');
    expect(text).toMatch(/^x \(không có ai trực\)\n/);
    expect(text).toContain('  (có người trực)\nNgười: menu\n');
    expect(text).toContain('Người: (bấm) Gặp người thật\n  (gọi người tư vấn: theo yêu cầu)\n');
  });
});

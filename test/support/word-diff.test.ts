/** The diff in words that editors read when a transcript changes. */
import { describe, expect, it } from '@jest/globals';
import { wordDiff, wordDiffLines } from './word-diff.ts';

const far = 'một hai ba bốn năm sáu bảy tám chín mười mười-một mười-hai';

describe('wordDiff', () => {
  it.each([
    ['a changed word', 'Bạn dán lời mời', 'Bạn chép lời mời', ['1: Bạn [-dán-]{+chép+} lời mời']],
    ['a whole word, not its letters', 'xóa', 'xoá', ['1: [-xóa-]{+xoá+}']],
    [
      'words beside each other as one change',
      'Bạn dán thẳng vào',
      'Bạn chép lại vào',
      ['1: Bạn [-dán thẳng-]{+chép lại+} vào'],
    ],
    ['a word that came', 'Bạn gọi 111', 'Bạn gọi ngay 111', ['1: Bạn gọi {+ngay +}111']],
    ['a word that went', 'Bạn gọi ngay 111', 'Bạn gọi 111', ['1: Bạn gọi [-ngay -]111']],
    ['a line that came', 'Bot: a\n', 'Bot: a\nBot: b\n', ['2: Bot: a ⏎ {+Bot: b ⏎ +}']],
    ['a line break that went', 'Bot: a\nb', 'Bot: a b', ['1: Bot: a[- ⏎ -]{+ +}b']],
    [
      'a few words around, and no more',
      `${far} cũ ${far}`,
      `${far} mới ${far}`,
      ['1: … tám chín mười mười-một mười-hai [-cũ-]{+mới+} một hai ba bốn năm …'],
    ],
    [
      'the line of the earlier text',
      `x\n\n${far}\ny`,
      `x\n\n${far}\nz`,
      ['4: … tám chín mười mười-một mười-hai ⏎ [-y-]{+z+}'],
    ],
    [
      'changes far apart as two',
      `cũ ${far}\nxưa`,
      `mới ${far}\nnay`,
      ['1: [-cũ-]{+mới+} một hai ba bốn năm …', '2: … tám chín mười mười-một mười-hai ⏎ [-xưa-]{+nay+}'],
    ],
    ['a text that is new', '', 'Bot: a', ['1: {+Bot: a+}']],
    ['nothing when nothing changed', far, far, []],
  ])('shows %s', (_what, before, after, shown) => {
    expect(wordDiff(before, after).map(({ line, text }) => `${line}: ${text}`)).toEqual(shown);
  });

  it('names the file on every line', () => {
    expect(wordDiffLines('erase.kept.vi.txt', 'a\nb', 'a\nc')).toEqual([
      'erase.kept.vi.txt:2: a ⏎ [-b-]{+c+}',
    ]);
  });
});

/** Lessons: a few cards, one question, and why; the steps in lesson.yaml, the words in one Markdown file per language. */
import { z } from 'zod';
import type { AssetSource, Problem } from './assets.ts';
import { checkShape, fault, type YamlFile } from './yaml.ts';

const IdSchema = z.string().regex(/^[a-z][a-z0-9-]*$/);

export const LessonSchema = z.strictObject({
  id: IdSchema,
  /** reading time */
  minutes: z.number().positive(),
  /** ids of content/signals the lesson teaches */
  signs: z.array(IdSchema).min(1),
  cards: z.array(IdSchema).min(1),
  question: z.strictObject({ options: z.array(IdSchema).min(2), right: IdSchema }),
});

export interface LessonText {
  title: string;
  /** heading (`question`, `right`, `option a`, a card id) → plain text */
  sections: ReadonlyMap<string, string>;
}

export interface Lesson extends z.infer<typeof LessonSchema> {
  texts: ReadonlyMap<string, LessonText>;
}

export function readLesson(
  file: YamlFile,
  texts: readonly AssetSource[],
): { lesson: Lesson | null; problems: readonly Problem[] } {
  const shape = checkShape(file, LessonSchema);
  if (!shape.ok) return { lesson: null, problems: shape.problems };
  const problems: Problem[] = [];
  const { question, cards } = shape.value;
  if (!question.options.includes(question.right)) {
    problems.push(
      fault(
        file.path,
        file.lineOf(['question', 'right']),
        'the right answer is not among the options',
        'name one of the options',
      ),
    );
  }
  const needed = [
    ...cards,
    'question',
    ...question.options.map((option) => `option ${option}`),
    'right',
    'wrong',
  ];
  const byLanguage = new Map<string, LessonText>();
  for (const source of texts) {
    const text = readSections(source.text);
    const missing = needed.filter((heading) => !text.sections.has(heading));
    for (const heading of missing)
      problems.push(fault(source.path, null, `the section "## ${heading}" is missing`, 'write it'));
    byLanguage.set(languageOf(source.path), text);
  }
  return { lesson: { ...shape.value, texts: byLanguage }, problems };
}

function readSections(markdown: string): LessonText {
  let title = '';
  const sections = new Map<string, string>();
  let heading: string | null = null;
  for (const line of markdown.normalize('NFC').split('\n')) {
    if (line.startsWith('## ')) {
      heading = line.slice(3).trim().toLowerCase();
      sections.set(heading, '');
    } else if (line.startsWith('# ')) {
      title = line.slice(2).trim();
    } else if (heading !== null) {
      sections.set(heading, `${sections.get(heading) ?? ''}${line}\n`);
    }
  }
  return { title, sections: new Map([...sections].map(([name, text]) => [name, text.trim()])) };
}

/** `content/lessons/x/vi.md` → `vi` */
function languageOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
}

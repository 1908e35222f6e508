/** The choices of a RapidPro question: quick replies and categories, in each language, with what people type for them. */
import { fold, settleChoices, type WishedChoice } from './choice-labels.ts';
import { createNames, slug, takeName } from './names.ts';
import { type Asked, type FlowReading, listOf, noteHere, translations } from './rapidpro-flow.ts';
import type { Action, Category, Router } from './rapidpro-shapes.ts';
import { casesOf, kindOfCase, typedForms } from './rapidpro-tests.ts';

/** Quick replies that no category takes: they are shown, and go where any other answer goes. */
export function extraReplies(
  prompt: Action | null,
  router: Router,
  taken: readonly string[],
): readonly { id: string; index: number }[] {
  if (prompt === null) return [];
  const used = createNames(taken);
  return listOf(prompt, 'quick_replies').flatMap((reply, index) =>
    router.categories.some((category) => fits(router, category, reply))
      ? []
      : [{ id: takeName(slug(reply) === '' ? 'choice' : slug(reply), used), index }],
  );
}

function fits(router: Router, category: Category, reply: string): boolean {
  const folded = fold(reply);
  const words = casesOf(router)
    .filter((test) => test.category_uuid === category.uuid)
    .flatMap((test) => typedForms(test.type, test.arguments ?? []))
    .map(fold);
  if (words.length === 0) return false;
  return (
    fold(category.name) === folded ||
    words.includes(folded) ||
    words.some((word) => word !== '' && ` ${folded} `.includes(` ${word} `))
  );
}

export function choicesIn(
  from: FlowReading,
  { node, router, prompt }: Asked,
  choices: readonly { id: string; category: Category }[],
  replies: readonly { id: string; index: number }[],
): (language: string) => ReturnType<typeof settleChoices>['entries'] | null {
  const base = prompt === null ? [] : listOf(prompt, 'quick_replies');
  const shown =
    prompt === null
      ? new Map<string, readonly string[]>()
      : translations(from, prompt.uuid, 'quick_replies', base);
  return (language) => {
    if (choices.length + replies.length === 0) return null;
    const labels = shown.get(language) ?? base;
    const wished = choices.map(({ id, category }): WishedChoice => {
      const tests = casesOf(router).filter((test) => test.category_uuid === category.uuid);
      const index = base.findIndex((reply) => fits(router, category, reply));
      const name =
        translations(from, category.uuid, 'name', [category.name]).get(language)?.[0] ?? category.name;
      const typed = tests
        .filter((test) => kindOfCase(router, test) === 'words')
        .flatMap((test) =>
          [
            test.arguments ?? [],
            translations(from, test.uuid, 'arguments', test.arguments ?? []).get(language) ?? [],
          ].flatMap((given) => typedForms(test.type, given)),
        )
        .filter((way) => !way.includes('@'));
      const reply = index === -1 ? undefined : base[index];
      // a reply that is not translated says less than a category that is
      const shownReply = index === -1 ? undefined : shown.get(language)?.[index];
      const label = shownReply ?? (name === category.name ? (reply ?? name) : name);
      return { id, label: label.includes('@') ? name : label, typed };
    });
    const extra = replies.map(({ id, index }): WishedChoice => ({
      id,
      label: labels[index] ?? base[index] ?? id,
      typed: [],
    }));
    const { entries, changed } = settleChoices([...wished, ...extra]);
    if (language === from.base)
      for (const { id, why } of changed)
        noteHere(
          from,
          node.uuid,
          `choice ${id}`,
          [],
          `${why}.`,
          'the choice as it is listed; reword it if it matters.',
        );
    return entries;
  };
}

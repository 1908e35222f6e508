/** Checks over loaded content that need a date or a word list: promises, typed-in numbers, expired facts, lengths. */
import type { Assets, Problem } from './assets.ts';
import { FACTS_FOLDER, isSaid } from './facts.ts';
import type { Message } from './messages.ts';
import { mayShow, NUMBERS_ABROAD, NUMBERS_IN_VIETNAM } from './registers.ts';
import { fillReferences, referencesIn, saidBesideMessages } from './references.ts';
import type { TextKind } from './typed-facts.ts';
import { findPromise, type Wording } from './wording.ts';
import { fault, warning } from './yaml.ts';

/** Longest text said in one message, in UTF-16 units: the tightest channel (Zalo, Messenger: 2,000) without splitting. */
const MAX_TEXT_UTF16 = 2000;
/** Button labels longer than this become a numbered list on Messenger and LINE. */
const SHORT_LABEL_UTF16 = 20;

/** A day on which every fact of today has expired: what stands in for them is read like any text. */
const ALL_EXPIRED = new Date('9999-01-01T00:00:00Z');

export function inspectTexts(assets: Assets, now: Date): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [language, messages] of assets.messages) {
    const path = `content/messages/${language}.yaml`;
    for (const message of messages.values())
      problems.push(...inspectMessage(assets, path, language, message, now));
  }
  for (const { path, where, language, text, kind } of saidBesideMessages(assets)) {
    problems.push(...inspectTyped(assets, path, null, where, language, text, kind));
    for (const day of [now, ALL_EXPIRED]) {
      const said = fillReferences(assets, language, day, text);
      if (day === now || said !== text)
        problems.push(...inspectText(assets.wording, path, null, where, language, said));
    }
  }
  return [...problems, ...inspectNumbers(assets, now), ...inspectFacts(assets, now)];
}

function inspectMessage(
  assets: Assets,
  path: string,
  language: string,
  message: Message,
  now: Date,
): readonly Problem[] {
  const sample = Object.fromEntries([...message.placeholders].map((name) => [name, name]));
  const texts = [message.text, message.retry, message.invalid, message.quiet]
    .filter((template) => template !== null)
    .flatMap((template) => [...new Set([template(sample, now), template(sample, ALL_EXPIRED)])]);
  const problems = texts.flatMap((text) =>
    inspectText(assets.wording, path, message.line, message.key, language, text),
  );
  for (const text of [...message.written, ...[...message.choices.values()].map(({ label }) => label)])
    problems.push(...inspectTyped(assets, path, message.line, message.key, language, text, 'text'));
  for (const choice of message.choices.values()) {
    if (choice.label.length > SHORT_LABEL_UTF16)
      problems.push(
        warning(
          path,
          message.line,
          `${message.key}: the label "${choice.label}" is longer than ${SHORT_LABEL_UTF16} characters`,
          'shorten it, or accept a numbered list on Messenger and LINE',
        ),
      );
  }
  return problems;
}

function inspectTyped(
  assets: Assets,
  path: string,
  line: number | null,
  where: string,
  language: string,
  text: string,
  kind: TextKind,
): readonly Problem[] {
  return assets
    .findTypedFacts(text, language, kind)
    .map(({ what, said, mend }) =>
      fault(path, line, `${where}: ${what} is typed into the text: “${said}”`, mend),
    );
}

function inspectText(
  wording: Wording,
  path: string,
  line: number | null,
  where: string,
  language: string,
  text: string,
): Problem[] {
  const problems: Problem[] = [];
  const promise = findPromise(wording, language, text);
  if (promise !== null)
    problems.push(fault(path, line, `${where}: says "${promise}"`, 'promise nothing: say what can be done'));
  if (text.length > MAX_TEXT_UTF16)
    problems.push(
      fault(path, line, `${where}: longer than ${MAX_TEXT_UTF16} characters`, 'split it into two messages'),
    );
  return problems;
}

/** Facts that have left the texts by themselves, and facts nobody says. A law may stand alone: what we wrote rests on it. */
function inspectFacts(assets: Assets, now: Date): readonly Problem[] {
  const { facts, messages } = assets;
  const used = new Set([
    ...[...messages.values()].flatMap((map) => [...map.values()].flatMap((message) => [...message.facts])),
    ...saidBesideMessages(assets).flatMap(({ text }) => referencesIn(text)),
  ]);
  return [...facts.values()].flatMap((fact) => {
    const isExpired = fact.display === 'live' && !isSaid(fact, now);
    const isIdle = fact.kind !== 'law' && fact.display !== 'retired' && !used.has(fact.id);
    return [
      ...(isExpired
        ? [
            warning(
              FACTS_FOLDER,
              null,
              `${fact.id} is no longer said since ${fact.expires}: its texts say what stands instead`,
              'read the source again, then renew checked and expires',
            ),
          ]
        : []),
      ...(isIdle
        ? [
            warning(
              FACTS_FOLDER,
              null,
              `${fact.id} stands in no text`,
              `write [[${fact.id}]] where it is stated, or take the entry out`,
            ),
          ]
        : []),
    ];
  });
}

function inspectNumbers(assets: Assets, now: Date): readonly Problem[] {
  const path = 'content/registers/hotlines.yaml';
  const problems: Problem[] = [];
  for (const id of [...NUMBERS_IN_VIETNAM, ...NUMBERS_ABROAD]) {
    const hotline = assets.hotlines.get(id);
    if (hotline === undefined)
      problems.push(
        fault(path, null, `${id} is missing`, 'the engine gives this number to everyone: restore it'),
      );
    else if (!mayShow(hotline, now))
      problems.push(
        fault(
          path,
          null,
          `${id} is past its check date or held`,
          'have it called, then renew checked and expires',
        ),
      );
  }
  for (const hotline of assets.hotlines.values()) {
    const isLive = hotline.display === 'primary' || hotline.display === 'secondary';
    if (isLive && hotline.number !== null && !mayShow(hotline, now))
      problems.push(
        warning(
          path,
          null,
          `${hotline.id} is no longer shown: past its check date`,
          'have it called, then renew checked and expires',
        ),
      );
  }
  return problems;
}

/** Proposals as a change of content/intents and content/routes.yaml: a patch that `git apply` takes. Pure. */
import { createTwoFilesPatch } from 'diff';
import { isMap, isScalar, isSeq, parseDocument, stringify, type YAMLMap, type YAMLSeq } from 'yaml';
import type { AssetSource, Proposal } from '../../bot/index.ts';

export interface Patch {
  /** unified diff over all files; '' when nothing could be placed */
  text: string;
  /** indices of the proposals in it */
  placed: readonly number[];
}

const ROUTES = 'content/routes.yaml';
const INTENTS = 'content/intents/';

/** Adds each phrase at the end of its list and changes nothing else: comments and order stay. */
export function writePatch(sources: readonly AssetSource[], proposals: readonly Proposal[]): Patch {
  const texts = new Map(
    sources
      .filter(({ path }) => path === ROUTES || path.startsWith(INTENTS))
      .map(({ path, text }) => [path, text]),
  );
  const before = new Map(texts);
  const placed = proposals.flatMap((proposal, at) => {
    for (const [path, text] of texts) {
      const changed = (path === ROUTES) === (proposal.kind === 'route') ? addTo(text, proposal) : null;
      if (changed === null) continue;
      texts.set(path, changed);
      return [at];
    }
    return [];
  });
  const patches = [...texts].flatMap(([path, text]) => {
    const old = before.get(path) ?? '';
    return old === text ? [] : [createTwoFilesPatch(`a/${path}`, `b/${path}`, old, text, '', '')];
  });
  return { text: patches.map((patch) => patch.replace(/^=+\n/u, '')).join(''), placed };
}

/** Null when the file has no list for it. */
function addTo(text: string, { kind, target, text: phrase }: Proposal): string | null {
  const root = parseDocument(text).contents;
  if (!isMap(root)) return null;
  const list =
    kind === 'intent'
      ? seqIn(
          entryOf(root, 'intents', (one) => one.get('id') === target),
          ['phrases'],
        )
      : seqIn(
          entryOf(root, 'routes', (one) => one.get('flow') === target && !one.has('node')),
          ['phrases', 'vi'],
        );
  const last = list?.items.at(-1);
  if (list === null || !isScalar(last) || last.range === null || last.range === undefined) return null;
  const [start, end] = last.range;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lead = text.slice(lineStart, start);
  const written = quote(phrase, list.flow === true);
  // a list in one line goes on in it; else the new one gets a line like the last
  const isOwnLine = /^\s*(?:-\s+)?$/u.test(lead);
  const joint = list.flow === true ? (isOwnLine ? `,\n${lead}` : ', ') : `\n${lead}`;
  return `${text.slice(0, end)}${joint}${written}${text.slice(end)}`;
}

function entryOf(root: YAMLMap, name: string, isIt: (entry: YAMLMap) => boolean): YAMLMap | null {
  const list = root.get(name);
  if (!isSeq(list)) return null;
  return list.items.filter((one) => isMap(one)).find(isIt) ?? null;
}

function seqIn(entry: YAMLMap | null, path: readonly string[]): YAMLSeq | null {
  const found = entry?.getIn(path);
  return isSeq(found) ? found : null;
}

/** Plain where YAML and a list in brackets read it as it is. */
function quote(phrase: string, isFlow: boolean): string {
  const isPlain =
    stringify(phrase, { lineWidth: 0 }).trimEnd() === phrase && !(isFlow && /[,[\]{}]/u.test(phrase));
  return isPlain ? phrase : JSON.stringify(phrase);
}

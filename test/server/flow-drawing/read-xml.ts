/** A strict reader of the small XML that drawings are: anything unusual in it fails the test. */

export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
  /** its own text and that of everything within */
  text: string;
  all: (name: string) => readonly XmlElement[];
  everything: () => readonly XmlElement[];
}

/** @throws Error where a tag is not closed, an attribute not quoted, a sign not escaped */
export function readXml(source: string): XmlElement {
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(source);
  if (forbidden !== null) throw new Error(`a sign XML forbids at ${forbidden.index}`);
  if (!source.isWellFormed()) throw new Error('half a surrogate pair');
  const root = element('', {});
  const open = [root];
  const token = /<(\/?)([a-z]+)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const match = token.exec(source);
    if (match === null) throw new Error(`not XML: ${source.slice(at, at + 60)}`);
    const [, closing = '', name = '', attributes = '', single = '', text] = match;
    const top = open.at(-1) ?? root;
    if (text !== undefined) {
      const plain = unescape(text);
      for (const one of open) one.text += plain;
    } else if (closing === '/') {
      if (top.name !== name) throw new Error(`</${name}> closes <${top.name}>`);
      open.pop();
    } else {
      const next = element(name, attributesOf(attributes));
      top.children.push(next);
      if (single === '') open.push(next);
    }
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)?.name ?? ''}> is not closed`);
  const [first, ...more] = root.children;
  if (first === undefined || more.length > 0) throw new Error('not one root');
  return first;
}

function element(name: string, attributes: Readonly<Record<string, string>>): XmlElement {
  const children: XmlElement[] = [];
  const everything = (): readonly XmlElement[] => children.flatMap((child) => [child, ...child.everything()]);
  return {
    name,
    attributes,
    children,
    text: '',
    everything,
    all: (wanted) => everything().filter((one) => one.name === wanted),
  };
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/([a-zA-Z-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, unescape(value)]),
  );
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function unescape(text: string): string {
  return text.replace(/&(?:([a-z]+|#\d+);)?/g, (all, name: string | undefined) => {
    const sign = name === undefined ? undefined : NAMED[name];
    if (sign === undefined) throw new Error(`not escaped: ${all}`);
    return sign;
  });
}

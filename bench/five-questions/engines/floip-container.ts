/** The script as a FLOIP container: one flow of standard blocks and its resources, built once. */
import { randomUUID } from 'node:crypto';
import { CHOICES, type ChoiceQuestion, type Language, LANGUAGES, MAX_PEOPLE, MIN_PEOPLE } from '../script.ts';
import type { Texts } from '../texts.ts';

export interface FloipContainer {
  flows: readonly object[];
  resources: readonly object[];
}

/** Made up by this adapter: the specification leaves it to the host what to say after a refused answer. */
export interface HostMetadata {
  /** resource said when the answer is refused */
  retry: string;
}

/** The only text with values in it, in FLOIP's own expressions instead of ICU. */
const CLOSING = {
  vi:
    'Vậy là @flow.people.value người đi làm ở @(IF(flow.work.value = "factory", "nhà máy", IF(flow.work.value = "farm", "nông trại", "cửa hàng"))) @(flow.site.value). ' +
    '@IF(flow.contract.value = "yes", "Bạn đọc kỹ hợp đồng trước khi đi.", "Bạn xin hợp đồng trên giấy trước khi đi.")',
  en:
    'So @flow.people.value people go to work at the @(IF(flow.work.value = "factory", "factory", IF(flow.work.value = "farm", "farm", "shop"))) @(flow.site.value). ' +
    '@IF(flow.contract.value = "yes", "Read the contract well before you leave.", "Ask for a contract on paper before you leave.")',
} as const;

export const MODE = 'RICH_MESSAGING';

export function buildContainer(texts: Texts): FloipContainer {
  const resources: object[] = [];
  const resource = (textIn: (language: Language) => string): string => {
    const uuid = randomUUID();
    const values = LANGUAGES.map((language) => ({
      language_id: language,
      content_type: 'TEXT',
      modes: [MODE],
      value: textIn(language),
    }));
    resources.push({ uuid, values });
    return uuid;
  };
  const plain = (name: string): string => resource((language) => texts.source(language, name));
  const message = (name: string, next: string | null, prompt = plain(name)): object =>
    block(name, 'MobilePrimitives.Message', { prompt }, [exit('done', next)]);
  const select = (name: ChoiceQuestion, exits: readonly object[]): object => {
    const label = (id: string) => (language: Language) =>
      texts.choices(language, name).find((choice) => choice.id === id)?.label ?? '';
    const choices = Object.fromEntries(CHOICES[name].map((id) => [id, resource(label(id))]));
    return block(name, 'MobilePrimitives.SelectOneResponse', { prompt: plain(name), choices }, exits);
  };
  const blocks = [
    message('hello', 'contract'),
    select('contract', [exit('done', 'work')]),
    select('work', [exit('done', 'people')]),
    {
      ...block(
        'people',
        'MobilePrimitives.NumericResponse',
        { prompt: plain('people'), validation_minimum: MIN_PEOPLE, validation_maximum: MAX_PEOPLE },
        [exit('done', 'site')],
      ),
      vendor_metadata: { retry: plain('people-again') } satisfies HostMetadata,
    },
    block('site', 'MobilePrimitives.OpenResponse', { prompt: plain('site') }, [exit('done', 'fare')]),
    select('fare', [exit('me', 'fare-me', 'block.value = "me"'), exit('firm', 'fare-firm')]),
    message('fare-me', 'closing'),
    message('fare-firm', 'closing'),
    message(
      'closing',
      null,
      resource((language) => CLOSING[language]),
    ),
  ];
  const flow = {
    uuid: randomUUID(),
    name: 'five-questions',
    last_modified: '2026-11-01 00:00:00.000000',
    interaction_timeout: 3600,
    supported_modes: [MODE],
    languages: LANGUAGES.map((id) => ({ id, iso_639_3: id === 'vi' ? 'vie' : 'eng', bcp_47: id })),
    blocks,
    first_block_id: blockId('hello'),
  };
  return { flows: [flow], resources };
}

function block(name: string, type: string, config: object, exits: readonly object[]): object {
  return { uuid: blockId(name), name, type, config, exits };
}

/** `test` is left out on the last exit of a block: it is the one taken when no other fits. */
function exit(tag: string, next: string | null, test?: string): object {
  return {
    uuid: randomUUID(),
    label: tag,
    tag,
    config: {},
    ...(next === null ? {} : { destination_block: blockId(next) }),
    ...(test === undefined ? { default: true } : { test }),
  };
}

function blockId(name: string): string {
  return `block-${name}`;
}

/** RapidPro's actions as nodes of ours; one that has no like here becomes a note, and the flow goes on. */
import type { DraftNode, Target } from './draft.ts';
import {
  type FlowReading,
  listOf,
  noteHere,
  putText,
  referenceOf,
  tagOf,
  templateParts,
  textOf,
} from './rapidpro-flow.ts';
import type { Action } from './rapidpro-shapes.ts';
import { slug } from './names.ts';
import { wishFrom } from './to-flow.ts';

/** A node without its place: where it leads is settled when the steps of its node are joined. */
export type Step = Pick<DraftNode, 'wish' | 'body' | 'from' | 'messages'> & { exitsTo?: Target };

/** What happens to nobody we talk to, or needs a service flows here do not call. */
const NO_LIKE: Readonly<Record<string, string>> = {
  add_input_labels: 'messages carry no labels here.',
  add_contact_urn: 'a flow adds no address to a contact.',
  set_contact_channel: 'a flow does not choose the channel.',
  set_contact_timezone: 'contacts have no time zone here.',
  set_contact_status: 'a flow does not block or archive anybody.',
  set_contact_name: 'names are not kept.',
  call_webhook: 'flows call nobody on the internet.',
  call_resthook: 'flows call nobody on the internet.',
  call_classifier: 'flows call no classifier; free text is read by content/routes.yaml.',
  call_llm: 'nothing a machine makes up is said or kept.',
  transfer_airtime: 'flows send no money.',
  send_email: 'flows send no e-mail.',
  send_broadcast: 'a flow writes only to the person it talks to.',
  start_session: 'a flow starts nothing for somebody else.',
};

/** Actions that say nothing and wait for nothing: the question may be asked after them as well as before. */
export function isSilent(action: Action): boolean {
  return !['send_msg', 'say_msg', 'play_audio', 'enter_flow', 'open_ticket'].includes(action.type);
}

export function readAction(from: FlowReading, node: string, action: Action): Step | null {
  switch (action.type) {
    case 'send_msg':
    case 'say_msg':
      return readMessage(from, node, action);
    case 'set_run_result':
      return setValue(from, node, action, 'result', stringOf(action, 'name'));
    case 'set_contact_field':
      return setValue(from, node, action, 'field', nameIn(action['field'], 'key'));
    case 'add_contact_groups':
    case 'remove_contact_groups':
      return setGroups(from, node, action);
    case 'set_contact_language':
      return setLanguage(from, node, action);
    case 'enter_flow':
      return callFlow(from, node, action);
    case 'open_ticket':
      return {
        wish: 'ask-for-a-person',
        body: { handover: 'flow', say: 'talk-to-a-person.called' },
        from: [action.uuid],
        messages: [],
      };
    default:
      leaveOut(from, node, action, NO_LIKE[action.type] ?? 'this action has no like here.');
      return null;
  }
}

function leaveOut(from: FlowReading, node: string, action: Action, lost: string): void {
  noteHere(from, node, action.type, [action.uuid], lost, 'nothing: the flow goes on with what follows.');
}

function readMessage(from: FlowReading, node: string, action: Action): Step {
  const wish = wishFrom(textOf(action), 'say');
  const replies = listOf(action, 'quick_replies');
  if (replies.length > 0)
    noteHere(
      from,
      node,
      `${action.type} quick_replies`,
      [],
      `${replies.length} quick replies stand where nothing waits for an answer.`,
      'the text alone.',
    );
  const key = putText(from, node, action, wish);
  return { wish, body: { say: key }, from: [action.uuid], messages: [key] };
}

function setValue(
  from: FlowReading,
  node: string,
  action: Action,
  scope: 'result' | 'field',
  name: string,
): Step | null {
  const template = stringOf(action, 'value');
  const { slots } = from.reading;
  if (name === '') {
    leaveOut(from, node, action, 'it does not say what to set.');
    return null;
  }
  const isNumber = slots.shapeOf(from.id, scope, name) === 'number';
  const parts = templateParts(template);
  const only = parts.length === 1 ? parts[0] : undefined;
  if (only?.kind === 'text') {
    const value = isNumber ? Number(only.text) : only.text;
    if (only.text !== '' && isNumber && !Number.isInteger(value)) {
      leaveOut(from, node, action, 'the value is no whole number, but the slot holds numbers.');
      return null;
    }
    const slot = filled(from, scope, name);
    return step(action, slot, { slots: { [slot]: only.text === '' ? null : value } });
  }
  const terms = parts.map((part) =>
    part.kind === 'text'
      ? { cel: JSON.stringify(part.text), isNumber: false }
      : termOf(from, part.expression),
  );
  const known = terms.flatMap((term) => (term === null ? [] : [term]));
  const single = known.length === 1 ? known[0] : undefined;
  if (known.length < terms.length || (isNumber && single?.isNumber !== true)) {
    leaveOut(from, node, action, 'the value is worked out from what no slot holds.');
    return null;
  }
  const slot = filled(from, scope, name);
  const cel =
    isNumber || single?.isNumber === false
      ? (single?.cel ?? '')
      : known.map((term) => (term.isNumber ? `string(${term.cel})` : term.cel)).join(' + ');
  return step(action, slot, { compute: { [slot]: cel } });
}

function filled(from: FlowReading, scope: 'result' | 'field' | 'group', name: string): string {
  from.reading.slots.fill(from.id, scope, name);
  return from.reading.slots.use(from.id, scope, name);
}

function step(action: Action, slot: string, set: Readonly<Record<string, unknown>>): Step {
  return { wish: slug(`set ${slot}`), body: { set }, from: [action.uuid], messages: [] };
}

function termOf(from: FlowReading, expression: string): { cel: string; isNumber: boolean } | null {
  const found = referenceOf(expression);
  if (found === null) return null;
  const { slots } = from.reading;
  const shape = slots.shapeOf(from.id, found.scope, found.name);
  if (typeof shape === 'string' && ['place', 'money', 'flag'].includes(shape)) return null;
  return { cel: `slots.${slots.use(from.id, found.scope, found.name)}`, isNumber: shape === 'number' };
}

function setGroups(from: FlowReading, node: string, action: Action): Step | null {
  const groups = Array.isArray(action['groups']) ? action['groups'] : [];
  const names = groups.map((group: unknown) => nameIn(group, 'name')).filter((name) => name !== '');
  const isAdd = action.type === 'add_contact_groups';
  if (names.length === 0) {
    leaveOut(from, node, action, 'it names no groups.');
    return null;
  }
  if (names.length < groups.length)
    noteHere(from, node, action.type, [], 'a group is named by an expression.', 'the named groups alone.');
  noteHere(
    from,
    node,
    action.type,
    [],
    'contacts are in no groups here.',
    'a flag in the conversation, which is forgotten with it.',
  );
  const slots = Object.fromEntries(names.map((name) => [filled(from, 'group', name), isAdd ? true : null]));
  return {
    wish: slug(`${isAdd ? 'add' : 'leave'} ${names[0] ?? 'group'}`),
    body: { set: { slots } },
    from: [action.uuid],
    messages: [],
  };
}

function setLanguage(from: FlowReading, node: string, action: Action): Step | null {
  const { served } = from.reading.surroundings;
  const among = [from.base, ...from.localized.keys(), ...(served ?? [])];
  const tag = tagOf(stringOf(action, 'language'), among);
  if (tag === null || (served !== null && !served.includes(tag))) {
    leaveOut(
      from,
      node,
      action,
      tag === null ? 'it names no known language.' : `the language ${tag} is not served here.`,
    );
    return null;
  }
  return {
    wish: slug(`set language ${tag}`),
    body: { set: { language: tag } },
    from: [action.uuid],
    messages: [],
  };
}

function callFlow(from: FlowReading, node: string, action: Action): Step | null {
  const name = nameIn(action['flow'], 'name');
  const here = slug(name, 40);
  const id =
    from.flowIds.get(nameIn(action['flow'], 'uuid')) ??
    (from.reading.surroundings.flows.includes(here) ? here : null);
  if (id === null) {
    leaveOut(from, node, action, `the flow "${name}" is not in this file.`);
    return null;
  }
  return {
    wish: slug(id),
    body: { subflow: id },
    from: [action.uuid],
    messages: [],
    ...(action['terminal'] === true ? { exitsTo: null } : {}),
  };
}

export function stringOf(action: Readonly<Record<string, unknown>>, field: string): string {
  const value = action[field];
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function nameIn(value: unknown, field: string): string {
  if (typeof value !== 'object' || value === null) return '';
  const found: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return typeof found === 'string' ? found : '';
}

/** Which letter strings can be one Vietnamese syllable; lets the normaliser tell Vietnamese from English and from typing slips. */

const ONSETS: ReadonlySet<string> = new Set(
  [
    '',
    'b',
    'c',
    'ch',
    'd',
    'g',
    'gh',
    'gi',
    'h',
    'k',
    'kh',
    'l',
    'm',
    'n',
    'ng',
    'ngh',
    'nh',
    'p',
    'ph',
    'qu',
  ].concat(['r', 's', 't', 'th', 'tr', 'v', 'x']),
);

/** Rimes without diacritics. */
const RIMES: ReadonlySet<string> = new Set(
  (
    'a ac ach ai am an ang anh ao ap at au ay e ec em en eng enh eo ep et eu ech i ia ich iem ien ieng iep iet ieu im in ' +
    'inh ip it iu iec o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot ' +
    'u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen ' +
    'uyet uyn uynh uyt uyu y yem yen yet yeu ynh yt'
  ).split(' '),
);

/** Rimes that end in a stop carry only the tones sắc and nặng. */
const STOP_ENDINGS: readonly string[] = ['c', 'ch', 'p', 't'];

const MAX_SYLLABLE_UTF16 = 7;

/** True when `folded` (lower case, no diacritics) can be one Vietnamese syllable. English words may pass by accident ("man"). */
export function isSyllable(folded: string): boolean {
  if (folded.length === 0 || folded.length > MAX_SYLLABLE_UTF16) return false;
  for (let cut = Math.min(3, folded.length - 1); cut >= 0; cut -= 1) {
    const onset = folded.slice(0, cut);
    const rime = folded.slice(cut);
    if (ONSETS.has(onset) && RIMES.has(rime) && spellsTogether(onset, rime)) return true;
  }
  return false;
}

/** Vietnamese writes k, gh, ngh before e, i, y and c, g, ng before the other vowels. */
function spellsTogether(onset: string, rime: string): boolean {
  const front = /^[eiy]/.test(rime);
  if (onset === 'c' || onset === 'g' || onset === 'ng') return !front;
  if (onset === 'k' || onset === 'gh' || onset === 'ngh') return front;
  return true;
}

/** True when the syllable ends in -c, -ch, -p or -t. */
export function endsInStop(folded: string): boolean {
  return STOP_ENDINGS.some((ending) => folded.endsWith(ending));
}

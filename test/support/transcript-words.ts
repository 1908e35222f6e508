/** What a read-aloud transcript says besides the texts themselves, in Vietnamese and in English. */
import { assertNever } from '../../bot/flow/compile.ts';
import type { AttachmentKind, BotEvent, HandoverCause } from '../../bot/index.ts';

export interface ScriptWords {
  person: string;
  bot: string;
  opens: string;
  taps: string;
  sends: Record<AttachmentKind, string>;
  silent: string;
  units: { m: string; h: string; d: string };
  at: string;
  staffed: { yes: string; no: string };
  handover: string;
  causes: Record<HandoverCause, string>;
  notes: {
    danger: string;
    dangerCleared: string;
    withdrawn: string;
    quiet: string;
    normal: string;
    language: string;
    erased: string;
    ended: string;
    failed: string;
  };
}

const VIETNAMESE: ScriptWords = {
  person: 'Người',
  bot: 'Bot',
  opens: '(mở cuộc trò chuyện)',
  taps: '(bấm)',
  sends: {
    image: '(gửi ảnh)',
    video: '(gửi video)',
    audio: '(gửi tệp âm thanh)',
    voice: '(gửi tin nhắn thoại)',
    file: '(gửi tệp)',
    sticker: '(gửi hình dán)',
    location: '(gửi vị trí)',
    contact: '(gửi danh bạ)',
    link: '(gửi đường dẫn)',
    unsupported: '(gửi loại tin khác)',
  },
  silent: 'im lặng',
  units: { m: 'phút', h: 'giờ', d: 'ngày' },
  at: 'lúc',
  staffed: { yes: 'có người trực', no: 'không có ai trực' },
  handover: 'gọi người tư vấn',
  causes: {
    danger: 'nguy hiểm',
    person_asked: 'theo yêu cầu',
    not_understood: 'bot không hiểu',
    flow: 'theo kịch bản',
    turn_failed: 'bot bị lỗi',
  },
  notes: {
    danger: 'nhận ra nguy hiểm',
    dangerCleared: 'người viết nói không có nguy hiểm',
    withdrawn: 'thôi gọi người tư vấn',
    quiet: 'chuyển sang lời trung tính',
    normal: 'trở lại bình thường',
    language: 'đổi sang',
    erased: 'xóa hết về người này',
    ended: 'dừng cuộc trò chuyện',
    failed: 'bot bị lỗi',
  },
};

const ENGLISH: ScriptWords = {
  person: 'Person',
  bot: 'Bot',
  opens: '(opens the conversation)',
  taps: '(taps)',
  sends: {
    image: '(sends a picture)',
    video: '(sends a video)',
    audio: '(sends a sound file)',
    voice: '(sends a voice message)',
    file: '(sends a file)',
    sticker: '(sends a sticker)',
    location: '(sends a location)',
    contact: '(sends a contact)',
    link: '(sends a link)',
    unsupported: '(sends something else)',
  },
  silent: 'silence for',
  units: { m: 'min', h: 'h', d: 'd' },
  at: 'at',
  staffed: { yes: 'a counsellor is on duty', no: 'nobody is on duty' },
  handover: 'asks for a counsellor',
  causes: {
    danger: 'danger',
    person_asked: 'the person asked',
    not_understood: 'not understood',
    flow: 'the flow says so',
    turn_failed: 'the bot failed',
  },
  notes: {
    danger: 'danger noticed',
    dangerCleared: 'the person says there is no danger',
    withdrawn: 'no longer asks for a counsellor',
    quiet: 'turns to neutral words',
    normal: 'back to normal words',
    language: 'changes to',
    erased: 'deletes everything about this person',
    ended: 'the conversation stops',
    failed: 'the bot failed',
  },
};

/** Other languages are framed in English until somebody writes their words. */
export function scriptWords(language: string): ScriptWords {
  return language === 'vi' ? VIETNAMESE : ENGLISH;
}

/** What the reader should know of a decision, or null when the texts already show it. */
export function noteOf(event: BotEvent, language: string): string | null {
  const { notes, handover, causes } = scriptWords(language);
  switch (event.type) {
    case 'handover_requested':
      return `${handover}: ${causes[event.cause]}`;
    case 'handover_withdrawn':
      return notes.withdrawn;
    case 'danger_raised':
      return notes.danger;
    case 'danger_cleared':
      return notes.dangerCleared;
    case 'mode_changed':
      return event.mode === 'quiet' ? notes.quiet : notes.normal;
    case 'language_changed':
      return `${notes.language} ${nameOf(event.language, language)}`;
    case 'erase_requested':
      return notes.erased;
    case 'session_ended':
      return notes.ended;
    case 'turn_failed':
      return `${notes.failed}: ${event.code}`;
    case 'message_created':
    case 'slot_changed':
    case 'node_entered':
    case 'path_taken':
    case 'wait_started':
    case 'session_migrated':
    case 'offer_checked':
    case 'question_answered':
    case 'lesson_finished':
    case 'flow_ended':
    case 'not_understood':
      return null;
    default:
      return assertNever(event);
  }
}

function nameOf(tag: string, language: string): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag;
}

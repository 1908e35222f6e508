/** Texts of the web page in Vietnamese and English. */
import type { WebchatStrings } from './shared/texts.ts';
import type { PageLanguage } from './shared/wire.ts';

export const WEBCHAT_STRINGS: Readonly<Record<PageLanguage, WebchatStrings>> = {
  vi: {
    title: 'Trò chuyện',
    exit: 'Thoát nhanh',
    exitHint: 'Thoát nhanh bằng bàn phím: bấm Esc hai lần hoặc Shift ba lần.',
    otherLanguage: 'English',
    numbersLabel: 'Số điện thoại để gọi ngay',
    numbersTitle: 'Ở Việt Nam gọi',
    numbersMore: 'Nước ngoài, số khác',
    numbersVietnam: 'Ở Việt Nam',
    numbersAbroad: 'Đang ở nước ngoài',
    logLabel: 'Tin nhắn',
    intro:
      'Bạn không cần cho biết tên. Viết không dấu cũng được. Bấm “Thoát nhanh” là tin nhắn không còn trên màn hình này.',
    you: 'Bạn',
    bot: 'Trả lời tự động',
    counsellor: 'Tư vấn viên',
    system: 'Thông báo',
    writeLabel: 'Viết tin nhắn',
    send: 'Gửi',
    choicesLabel: 'Chọn một câu trả lời, hoặc viết ở ô bên dưới',
    newBelow: 'Xuống tin mới nhất',
    start: 'Bắt đầu',
    refresh: 'Xem tin mới',
    stateQueued: 'Chưa gửi',
    stateSending: 'Đang gửi…',
    stateSent: 'Đã gửi',
    stateRefused: 'Không gửi được',
    offline: 'Đang mất mạng. Bạn cứ viết, khi có mạng tin sẽ tự gửi. Cần người ngay, bạn gọi số ở trên.',
    unreachable: 'Chưa kết nối được. Tin của bạn đang chờ và sẽ tự gửi. Cần người ngay, bạn gọi số ở trên.',
    slowed:
      'Nhiều người đang mở trang từ cùng một mạng với bạn. Trang sẽ tự thử lại sau ít giây. Cần người ngay, bạn gọi số ở trên.',
    slowedForm:
      'Nhiều người đang mở trang từ cùng một mạng với bạn. Bạn đợi ít giây rồi bấm “Gửi” lần nữa nhé. Cần người ngay, bạn gọi số ở trên.',
    tooFast: 'Bạn gửi nhiều tin trong một lúc. Các tin đang chờ và sẽ tự gửi lần lượt.',
    tooFastForm: 'Bạn gửi nhiều tin trong một lúc. Bạn đợi một phút rồi bấm “Gửi” lần nữa nhé.',
    empty: 'Bạn chưa viết gì.',
    tooLong:
      'Tin này có {count} ký tự, mỗi tin chỉ gửi được nhiều nhất {max}. Chữ bạn viết vẫn còn nguyên, bạn chia thành vài tin giúp mình nhé.',
    tooLarge:
      'Tin quá dài nên chưa nhận được. Bạn bấm nút quay lại của trình duyệt để lấy lại chữ đã viết, rồi chia thành vài tin giúp mình nhé.',
    refused: 'Có một tin không gửi được. Bạn thử viết lại cách khác, hoặc gọi số ở trên.',
    received: 'Đã nhận tin của bạn. Câu trả lời chưa tới, ít giây nữa bạn bấm “Xem tin mới” nhé.',
    ended: 'Cuộc trò chuyện này đã đóng. Bạn viết tiếp thì sẽ mở một cuộc mới.',
    erased: 'Những gì bạn viết ở đây đã được xóa khỏi hệ thống này.',
    trouble:
      'Trang đang gặp trục trặc, tin chưa gửi được. Chữ bạn viết vẫn còn nguyên. Bạn thử lại sau ít phút, hoặc gọi số ở trên.',
  },
  en: {
    title: 'Chat',
    exit: 'Quick exit',
    exitHint: 'Quick exit with the keyboard: press Esc twice or Shift three times.',
    otherLanguage: 'Tiếng Việt',
    numbersLabel: 'Numbers to call now',
    numbersTitle: 'In Vietnam',
    numbersMore: 'Abroad, more',
    numbersVietnam: 'In Vietnam',
    numbersAbroad: 'Outside Vietnam',
    logLabel: 'Messages',
    intro:
      'You do not need to give your name. Press “Quick exit” and the messages are gone from this screen.',
    you: 'You',
    bot: 'Automatic answer',
    counsellor: 'Counsellor',
    system: 'Notice',
    writeLabel: 'Write a message',
    send: 'Send',
    choicesLabel: 'Choose an answer, or write in the box below',
    newBelow: 'Go to the newest message',
    start: 'Start',
    refresh: 'See new messages',
    stateQueued: 'Not sent yet',
    stateSending: 'Sending…',
    stateSent: 'Sent',
    stateRefused: 'Could not be sent',
    offline:
      'No connection. You can keep writing; it is sent when the connection is back. To reach a person now, call a number above.',
    unreachable:
      'Not connected yet. Your message is waiting and is sent by itself. To reach a person now, call a number above.',
    slowed:
      'Many people are opening this page from the same network as you. It tries again by itself in a few seconds. To reach a person now, call a number above.',
    slowedForm:
      'Many people are opening this page from the same network as you. Please wait a few seconds and press “Send” again. To reach a person now, call a number above.',
    tooFast: 'You sent many messages at once. They are waiting and are sent one after the other.',
    tooFastForm: 'You sent many messages at once. Please wait a minute and press “Send” again.',
    empty: 'You have not written anything yet.',
    tooLong:
      'This message has {count} characters; one message can have at most {max}. Nothing you wrote is lost. Please split it into several messages.',
    tooLarge:
      'This message is too long and was not received. Please press the back button of your browser to get your words back, then split them into several messages.',
    refused: 'One message could not be sent. Please try other words, or call a number above.',
    received:
      'Your message has arrived. The answer is not here yet; please press “See new messages” in a few seconds.',
    ended: 'This chat is closed. If you write again, a new one opens.',
    erased: 'What you wrote here has been deleted from this system.',
    trouble:
      'This page has a problem and your message was not sent. Nothing you wrote is lost. Please try again in a few minutes, or call a number above.',
  },
};

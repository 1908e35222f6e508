/** Words around names of companies in advertisements: what opens a name, ends it, or only describes a firm. */

export const CUES = [
  'tong cong ty',
  'cong ty',
  'cong ti',
  'ctcp',
  'tap doan',
  'trung tam',
  'doanh nghiep',
  'xuat khau lao dong',
  'ben',
  'cty',
];

/** Words that end a name. Typed without marks only those count that are no part of a name. */
export const STOPS = new Set(
  'đổi ứng bắt lo sẽ họ tuyển tuyen nhận cần đang dang cho có co ở o tại tai đi di sang qua thu yêu gửi mời mở hỗ là la này đó do ấy kia em mình minh với ký lương luong báo bảo nói noi hứa giữ giu đưa dua xin phí phi nộp nop hẹn tổ không khong k uy trả tra sẽ se đã da vừa mới moi rồi roi nào nao gì gi ạ thì thi mà ma nên nhưng nhung hay đơn don thông thong phỏng phong cam bay lấy lay theo trong ngoài tên ten zalo ib inbox nhưng bí đòi doi kêu keu rủ ru chuyển chuyen đóng dong ban bán sale nhắn nhan vào vao để de từ tu trên tren hàng đầu chuyên nữ nam lao bên nhóm cơ cọc coc recruits recruit is needs hiring của cua về ve thật that lừa lua chi ctv giới khi nếu cũng đều giục hối thưởng chỉ đăng cấp mạo giả tự xưng mượn chưa chua báo thấy bảo lãnh phát lên duyệt ra quảng tổng'.split(
    ' ',
  ),
);

/** Said of companies without naming one: "cty lạ", "công ty may", "trung tâm môi giới". */
export const DESCRIPTIONS = new Set(
  'doi giai tri truc tuyen to chuc uy quyen lien doanh da quoc gia co phan nguoi viet trung quoc phu trach chi tra lo het ung tien bat thu hua bao rua xe ca gia tau bien sach hoa chat det nhuom in hop tac bong den vang may dien tu giay da thuc pham nuoc ngoai lon nho tin lua dao moi gioi that ma x y abc gi nao ten kia chu game online ben canh minh bi mat gan do o la nay no to me con nha may xuong khu chung tap anh chi em bac co chu ong ba ho nguoi ta an ninh ve si bao ve cham soc khach hang san xuat linh kien nhua go co khi det su hao uy mot vai nhieu cac nhung gia dinh tu nhan van phong viec lam truyen thong quang cao tiep thi hoc ngu tieng ngoai nhat han dai trung duc uc my campuchia lao thai singapore dich vu du lich visa mua ban bat dong san phan phoi xay dung van chuyen giao nhan hang logistics so 1 hang dau tot moi mo nao day'.split(
    ' ',
  ),
);

/** Codes of the register that are also everyday words: only after a cue. */
export const EVERYDAY_CODES = new Set(
  'lotus alliance subaru coma invest nhantai mailinh vietravel ceo abc tic flc ktm sea hr vhc adc msa pct tg vica hanel top mirai ims mif tsc vid ism dg ivc cics sona'.split(
    ' ',
  ),
);
/** Said before anybody's name, not only a company's: after these only names of the register count. */
export const LOOSE_CUES = new Set(['ben', 'trung tam', 'doanh nghiep', 'xuat khau lao dong']);
/** Who acts stands before these: "Labcop tuyển thực tập sinh". */
export const ACTS = new Set(['tuyen', 'thong', 'recruits', 'recruit', 'mo', 'nhan']);

export const CITIES = new Set(
  'ha noi|nghe an|thanh hoa|ha tinh|hai phong|hai duong|bac ninh|bac giang|hung yen|nam dinh|thai binh|thai nguyen|phu tho|vinh phuc|sai gon|ho chi|da nang|quang binh|quang tri|quang nam|quang ngai|gia lai|dak lak|can tho|dong nai|binh duong|long an|tay ninh|dong thap|kien giang|ca mau|lao cai|yen bai|son la|hoa binh|lang son|cao bang|ha giang|quang ninh|mien nam|mien bac|mien trung|chi nhanh|viet nam'.split(
    '|',
  ),
);

/** Everyday abbreviations: even in capitals they name nobody. */
export const NEVER_BARE = new Set('ceo hr abc tic top tg sea hvac vip adc ism vid invest'.split(' '));

/** What firms do: a name in capitals in front of these is one. */
export const FIRM_ACTS = new Set(
  'tuyen dang thong nhan mo phong ky dao to thu gui cong lam xet recruits recruit is needs hires'.split(' '),
);

/** English names stand before these: "Golden Bamboo Manpower Company". */
export const AFTER_A_NAME = new Set(
  'company corporation corp agency manpower jsc limited ltd co group recruitment'.split(' '),
);

/** Stop words that are also parts of names; with a capital in a text of small letters they belong to the name. */
export const ALSO_IN_NAMES = new Set(
  'minh nam phong dong đông thong thông phi chi đăng phát quảng lan tâm hàng lao mỹ đa da gia an la do'.split(
    ' ',
  ),
);

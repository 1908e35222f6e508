/** Word lists by which names, addresses and firms are recognised. In doubt a word stands here: what looks personal is dropped. */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/u));

/**
 * Family names, folded: those of the Kinh and of peoples in the highlands. Everyday words among them ("ho", "la", "vu") count only
 * with a capital letter, so they stand apart. Sources: general knowledge; nothing is shown.
 */
export const FAMILY_NAMES = words(`
  nguyen tran pham huynh phan bui dang ngo duong doan trinh dinh lam mai truong luong vuong quach ta thai
  chau tong ton trieu luu kieu khuat nghiem mac giang thao sung vang lo quang ca luong vi hang mua giay
  ma ksor rmah siu rcom nay hoang hua phung dau banh dieu thach danh kim son chu cu va vu vo le ly ho do ha to la
  au cao dam dao kha luc nhan nong ong phuong than thi tieu uong van
`);
/** Those that are hardly ever another word, also in small letters without marks. */
export const CLEAR_FAMILY_NAMES = words(
  'nguyen huynh trinh khuat nghiem quach ksor rmah rcom giang sung phung',
);
/** "văn", "thị" after any of the family names: a name whatever the letters. */
export const MIDDLE_NAMES = words('van thi');

/** Words for people that stand before a name: "chị Lan", "chú Ba". Folded. */
export const KINSHIP = words(`
  anh chi em co chu bac ong ba cau duong cha me con chau thay giao nguoi chong vo
  mr mrs ms miss anhh chij a c
`);

/** Given names in small letters, folded; only beside a word of kinship, "tên" or "là". */
export const GIVEN_NAMES = words(`
  lan hoa hung tuan dung hanh huong thuy thu trang linh nga hang ha hai hien hoang huy khanh khoa kien lam long loan
  ly mai minh my nam ngan ngoc nguyet nhung nhi oanh phong phuc phuong quan quang quyen quynh son tam tan thang thanh
  thao thinh tho thom thoa tien trinh trung truc tu tung tuyen tuyet van viet vinh vy xuan yen an bich binh cuc cuong
  dao diep diem diu duc duyen giang hau hieu hoai hong hue huyen kim lien luan lua luong man mo nghia nhan nhat
  phat phung sang sen suong tai thai thien thoan thuan thuc thuong tin toan tri trong truong vien vu chau dat doan
  gam giau hiep hoan khang khoi ky lai lap loc loi luc muoi bay tu nam sau chin ut hai
`);
/** After a given name that is also a word: "em an toàn", "anh nam giới" are no names. Folded pairs. */
export const NO_NAMES = words(`
  an_toan an_ninh an_tam an_ui an_o an_com an_uong an_sang an_trua an_toi nam_nay nam_sau nam_ngoai nam_moi nam_gioi
  tam_ly tam_su tam_trang hai_nguoi hai_dua hai_me bay_gio bay_nhieu thanh_toan thu_tuc thu_tien thu_nhap thu_viec
  van_phong van_de van_con van_chua van_muon van_bi tin_tuong tin_nhan tin_duoc tin_ai hien_tai hien_nay mai_mai
  mai_moi loi_dung lap_gia trung_quoc trung_tam phuc_vu tien_do viet_nam thai_lan tu_van tu_choi tu_do tu_nguyen
  dat_coc dat_ve ky_hop ky_ten ky_giay lai_xe lai_bi nga_ho my_pham quang_cao hoan_tien hoan_canh nhat_ban lam_viec lam_gi
  lam_sao lam_them lam_o lam_cho lam_an dung_tien duc_khong hoa_don toan_bo thuong_luong thuong_xuyen son_mong long_vong
  minh_oi minh_co minh_bi minh_can minh_muon minh_hoi minh_dang minh_khong
`);

/** Words before a place below the province, folded; what may follow without naming one is in `NO_PLACES`. */
export const PLACE_WORDS = words(`
  xa phuong huyen quan thon ap ban buon lang khom to ngo hem ngach duong pho cho tang phong toa
  kcn kdc ktx truong cau ben nga ga
`);
export const PLACE_PAIRS = words(`
  thi_tran thi_xa so_nha khu_pho chung_cu dia_chi khu_cong nha_nghi khach_san nha_tro nha_hang toa_nha
`);
/** Folded pairs that begin like a place and are none. */
export const NO_PLACES = words(`
  xa_hoi xa_nha xa_qua xa_xoi xa_lam xa_khong xa_co xa_lac phuong_tien phuong_an phuong_phap quan_ly quan_he quan_trong quan_tam quan_ao
  quan_su quan_chuc ban_than ban_be ban_oi ban_co ban_hop ban_sao ban_ghi ban_em ban_toi ban_cua ban_minh ban_rua ban_moi ban_hang
  ban_than ban_bot ban_la ban_khong ban_giup ban_cho ban_biet ban_trai ban_gai ban_hoc ban_dau ban_nha ban_ho ban_ai ban_ra ban_di
  lang_man lang_thang
  to_chuc to_giac to_cao to_khai ngo_y duong_day duong_link duong_dai duong_nao duong_ve duong_di duong_bo duong_song duong_thuy duong_bien
  pho_bien cho_em cho_toi cho_minh cho_con cho_chau cho_hoi cho_biet cho_vay cho_tien cho_nguoi cho_chi cho_anh cho_di cho_ve cho_ho
  cho_xem cho_gap cho_so cho_do cho_lau cho_doi cho_nay cho_ban cho_ba cho_me cho_xin cho_dung cho_o cho_ra cho_phep cho_mot cho_gia cho_vo cho_chong
  tang_luong tang_ca tang_gia tang_qua phong_van phong_tro phong_chong phong_minh phong_ngu phong_nhan phong_khi phong_benh toa_an
  cau_hoi cau_tra cau_nay cau_cuu cau_chuyen cau_nao cau_noi ben_do ben_kia ben_nay ben_nuoc ben_trung ben_cam ben_thai ben_dai ben_lao
  ben_nao ben_ho ben_em ben_minh ben_ban ben_toi ben_nhat ben_han ben_moi ben_cong ben_ay ben_ngoai ben_trong ben_canh ben_tren ben_duoi ben_cua
  nga_xuong ga_chong truong_hop truong_nao truong_thanh truong_nay truong_do truong_phong truong_nhom truong_thon
  ap_luc ap_dat ap_dung ap_giai quan_nao quan_nuoc quan_an hem_nao hem_biet
`);

/** Words before the name of a firm, folded; what may follow without naming one is in `NO_FIRMS`. */
export const FIRM_WORDS = words(
  'cty tnhh jsc ltd xuong hang tiem shop spa bar karaoke doan tiktoker fanpage page nhom group',
);
export const FIRM_PAIRS = words(
  'cong_ty co_phan trung_tam tap_doan doanh_nghiep nha_may xi_nghiep nghiep_doan cua_hang khach_san nha_hang quan_an quan_nhau',
);
export const NO_FIRMS = words(`
  nay do kia nao gi co khong lua uy moi mo xuat tuyen o ben ma la cua cho dua phai dich duoc that dang ten giu no bat
  tra thi nha du lao tu nuoc vn nhat han dai trung minh em toi ho ay se da bi bao noi hay va de con rat qua chua dau day
  lam di ve ra vao nhu voi khi neu nen moi nhung cac nhieu mot hai khac nhan goi doi phat thu lay het hua lien nguoi the a
  co_phan tot lon nho cu cung khi may det giay dien thu luong hop bao ky van sao vay roi ngay luon ngung chi giup
`);

/** What follows "tên" when no name is meant. Folded. */
export const AFTER_NAME_WORD = words(`
  cong cty gi la_gi that day nguoi don doanh co khong nay do minh_khai dang thuong hang goi giong trung gia
`);
/** Whoever is called with "ơi" and is no named person. Folded. */
export const CALLED = words(`
  ban chi anh em co chu bac ong ba ad admin shop bot minh moi me bo con chau troi duong sep cac thay mn nguoi
  oi chao hello alo hi e a c u da
`);
/** Words of small children's and pupils' lives: whose words they are stays unknown, but not for a list. */
export const CHILD_PHRASES =
  /\b(?:lop (?:\d+|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)|hoc sinh|tre em|vi thanh nien|cap [123]|chua du tuoi|muoi (?:\p{L}+ )?tuoi)\b/u;

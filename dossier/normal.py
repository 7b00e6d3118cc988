"""One form of a text for matching, with the way back to the original.

Scans and keyboards write the same thing in many ways: `（2023）`, `(2023)`, `〔2023〕`, `２０２３`,
`起 诉 书`. `normalise` folds them into one form and keeps, for every character of that form, where
it came from, so that a match can be shown on the page.

The form: NFKC (full width to half width, so `，：（` become `,:(`), every pair of brackets except
`《》` to `()`, dashes to `-`, quotes straight, middle dots to `·`, CJK radicals that PDF fonts
leave behind to their characters, common traditional characters to simplified ones, control and
zero-width characters removed, white space dropped.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Spaces = Literal["drop", "words"]
"""`drop`: no white space is left. `words`: one space stays between two words of a script that
parts words by spaces (Latin, Arabic, Tibetan, digits), none beside a Chinese character."""

_BRACKETS = dict.fromkeys("〔[【〖〘〚｟⦅{⟨⟪", "(") | dict.fromkeys("〕]】〗〙〛｠⦆}⟩⟫", ")")
_DASHES = dict.fromkeys("‐‑‒–—―−─━﹘", "-")
_QUOTES = dict.fromkeys("“”„‟″〝〞「」『』", '"') | dict.fromkeys("‘’‚‛′", "'")
_DOTS = dict.fromkeys("•・‧∙⋅", "·")
# CJK Radicals Supplement: fonts in PDF files map whole characters to radical forms (车 to ⻋), and
# NFKC leaves all but two of those alone
_RADICALS = {
    "⺒": "巳", "⺓": "幺", "⺟": "母", "⺠": "民", "⺩": "王", "⺫": "目", "⺬": "示", "⺱": "网",
    "⺶": "羊", "⺷": "羊", "⺻": "聿", "⺽": "臼", "⻁": "虎", "⻄": "西", "⻅": "见", "⻆": "角",
    "⻇": "角", "⻉": "贝", "⻋": "车", "⻑": "長", "⻓": "长", "⻔": "门", "⻗": "雨", "⻘": "青",
    "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼",
    "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻬": "齐", "⻮": "齿",
    "⻰": "龙", "⻲": "龟", "⻳": "龟",
}  # fmt: skip
# OCR reads large print as traditional characters (立案決定書), and Hong Kong papers are written in
# them. Pairs of one character each, without those that simplified text uses too (著, 乾, 後);
# drawn from the tables of OpenCC (Apache 2.0)
_TRADITIONAL = (
    "萬與專業叢東絲丟兩嚴喪個箇豐臨為爲麗舉義烏樂喬習鄉書亂爭虧雲亞產産畝親褻億僅從倉儀們價眾衆優"
    "會偉傳傷倫偽僞體彿傭偵側儁倆脩債傾償儲殭兒兌黨蘭關興茲養內岡冊寫軍農鼕馮沖衝決況凍凈淨準淩減"
    "幾鳳憑凱兇齣擊劉則剛創別彆製劑劍剝勸辦務動勞勢區醫韆陞華協單賣蔔佔盧臥衛卽捲廠廳厤曆歷壓厠廁"
    "釐廂廈廚廝縣叄參蔘雙發髮變疊隻檯臺颱葉號喫閤弔衕嚮曏嚇呂噸聽啓吳員週響喚囑迴團糰園睏圍國圖場"
    "壞塊垻壩墜墊墻牆壯聲處備復複夠頭奪奬獎奧姦婦媽薑嬌孃孫學寧甯寶實審憲傢寬賓對尋導壽將爾塵屍盡"
    "侷層屜屆屬嵗歲崗島巖嶺嶽峯幣佈帥師帳帶蓆幫幹榦並併倖廣莊慶牀庫應廢異棄張彌彎彈強歸當彔錄録彥"
    "徑懺誌懷態總恆惡悅懲戲慼戶纔紮釦執擴揚擾摺撫搶護報擔擬攔撥掛掙揮綑損撿換據攬蒐攜攝攤敵敎數鬥"
    "斷旂無旣舊時崑顯晉曉曄暉暫麯朮術硃機殺雜權桿條來楊傑鬆闆極構棗槍櫃査標棟欄樹樣覈檔橋樑夢檢棊"
    "樓橫櫻歐慾殘毆毀燬譭畢氣匯彙滙漢汙湯溝沒滬註瀘澤測濟塗濤渦潤澱溫遊灣滿濫濱灘潛燈靈災燦點煉煙"
    "菸燒愛爺牽狀獨獄獵翫環現瓊甌電畵療癮鹽監蓋盜盤眞瞞矯礦碼磚確礙禮禍祿離俬鞦種祕積稱稅竊竄窩競"
    "筆築籌簽籤簡類粵糧繫緊纍糾紅約級紀綱納紛紙紋紡綫組細織終紹經綁結繪給絡絕絶統繼續綽繩維綜綠緑"
    "纜緝緩編緣繆繳網羅罰羈羣聶職聯聰腫脅勝衚鬍膠脈腦腳脫臉騰緻捨艷豔藝節蘆囌甦蘇範榮葯藥萊獲穫營"
    "蕭蔣懞濛矇藍慮虛雖釁補錶裝褲見觀規視覺觸計訂認討讓訓議訊記講諱許論訟設証證評識詐訴診詞試詩誠"
    "話詢該詳語誤誘說説請諾讀誰調諒談謀謊謝譚貝貞負財責賢賬貨質販貪貧購貫貼貴貸貿費賀賈賄賃賂贓贜"
    "資賭賠賴賺贏趙趕躍車軌轉輪軟輕載轎較輔輛輝輸轄辯邊遼達遷過運還這進遠違連遲跡蹟適選遞遺鄧郵鄒"
    "鄰鄭埰寀採釋裏裡鑑鑒針鍼鈡鐘鋼鈅鑰欽錢鐵鉛銅鋁銀鋪鏈銷鎖鍋鋒銳鋭錯錫錦鋸鎭鎮鏡長門閃閆閉問閑"
    "間閔鬧聞閩閱閲隊陽陰階際陸陳陝險隨隱難僱靜麫韋韓頁頂項順須鬚顧預顱領頻顆題顏顔額風飛飯飲飾饒"
    "舘館馬駁駛駐駕罵駡驗騎騙魚魯鮑鮮雞鷄鴉鴻鵬鷹麥黃齊齡龍龔"
)
_SIMPLIFIED = (
    "万与专业丛东丝丢两严丧个个丰临为为丽举义乌乐乔习乡书乱争亏云亚产产亩亲亵亿仅从仓仪们价众众优"
    "会伟传伤伦伪伪体佛佣侦侧俊俩修债倾偿储僵儿兑党兰关兴兹养内冈册写军农冬冯冲冲决况冻净净准凌减"
    "几凤凭凯凶出击刘则刚创别别制剂剑剥劝办务动劳势区医千升华协单卖卜占卢卧卫即卷厂厅历历历压厕厕"
    "厘厢厦厨厮县叁参参双发发变叠只台台台叶号吃合吊同向向吓吕吨听启吴员周响唤嘱回团团园困围国图场"
    "坏块坝坝坠垫墙墙壮声处备复复够头夺奖奖奥奸妇妈姜娇娘孙学宁宁宝实审宪家宽宾对寻导寿将尔尘尸尽"
    "局层屉届属岁岁岗岛岩岭岳峰币布帅师帐带席帮干干并并幸广庄庆床库应废异弃张弥弯弹强归当录录录彦"
    "径忏志怀态总恒恶悦惩戏戚户才扎扣执扩扬扰折抚抢护报担拟拦拨挂挣挥捆损捡换据揽搜携摄摊敌教数斗"
    "断旗无既旧时昆显晋晓晔晖暂曲术术朱机杀杂权杆条来杨杰松板极构枣枪柜查标栋栏树样核档桥梁梦检棋"
    "楼横樱欧欲残殴毁毁毁毕气汇汇汇汉污汤沟没沪注泸泽测济涂涛涡润淀温游湾满滥滨滩潜灯灵灾灿点炼烟"
    "烟烧爱爷牵状独狱猎玩环现琼瓯电画疗瘾盐监盖盗盘真瞒矫矿码砖确碍礼祸禄离私秋种秘积称税窃窜窝竞"
    "笔筑筹签签简类粤粮系紧累纠红约级纪纲纳纷纸纹纺线组细织终绍经绑结绘给络绝绝统继续绰绳维综绿绿"
    "缆缉缓编缘缪缴网罗罚羁群聂职联聪肿胁胜胡胡胶脉脑脚脱脸腾致舍艳艳艺节芦苏苏苏范荣药药莱获获营"
    "萧蒋蒙蒙蒙蓝虑虚虽衅补表装裤见观规视觉触计订认讨让训议讯记讲讳许论讼设证证评识诈诉诊词试诗诚"
    "话询该详语误诱说说请诺读谁调谅谈谋谎谢谭贝贞负财责贤账货质贩贪贫购贯贴贵贷贸费贺贾贿赁赂赃赃"
    "资赌赔赖赚赢赵赶跃车轨转轮软轻载轿较辅辆辉输辖辩边辽达迁过运还这进远违连迟迹迹适选递遗邓邮邹"
    "邻郑采采采释里里鉴鉴针针钟钟钢钥钥钦钱铁铅铜铝银铺链销锁锅锋锐锐错锡锦锯镇镇镜长门闪闫闭问闲"
    "间闵闹闻闽阅阅队阳阴阶际陆陈陕险随隐难雇静面韦韩页顶项顺须须顾预颅领频颗题颜颜额风飞饭饮饰饶"
    "馆馆马驳驶驻驾骂骂验骑骗鱼鲁鲍鲜鸡鸡鸦鸿鹏鹰麦黄齐龄龙龚"
)
_VARIANTS = dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
_FOLDS: dict[str, str] = _BRACKETS | _DASHES | _QUOTES | _DOTS | _RADICALS | _VARIANTS
_ZEROS = "〇○◯零"
_NUMERAL = "0-9〇○◯零一二三四五六七八九"


_BMP = 0x10000


def _fold(char: str) -> str:
    """The form of one character, white space as one blank."""
    if char in _FOLDS:
        return _FOLDS[char]
    plain = unicodedata.normalize("NFKC", char)
    out = []
    for part in plain:
        if part in _FOLDS:
            out.append(_FOLDS[part])
        elif part.isspace():
            out.append(" ")
        elif unicodedata.category(part) not in ("Cc", "Cf"):
            out.append(part)
    return "".join(out)


@lru_cache(maxsize=1)
def _changes() -> tuple[list[str], list[str], re.Pattern[str]]:
    """What every character of the basic plane becomes, with blanks kept and with blanks dropped,
    and a pattern of those whose form does not have exactly one character. Built once (about
    50 ms), on first use.

    Full lists, because `str.translate` raises and catches an error for each character that a
    dictionary lacks: the list is four times faster. Characters beyond the basic plane pass, and
    are folded by `_compose` where NFKC changes them."""
    blanks = [chr(code) if 0xD800 <= code <= 0xDFFF else _fold(chr(code)) for code in range(_BMP)]
    dropped = [folded.replace(" ", "") for folded in blanks]
    uneven = [code for code in range(_BMP) if len(blanks[code]) != 1 or len(dropped[code]) != 1]
    parts, begin = [], 0
    for at in range(1, len(uneven) + 1):
        if at == len(uneven) or uneven[at] != uneven[at - 1] + 1:
            parts.append(f"{re.escape(chr(uneven[begin]))}-{re.escape(chr(uneven[at - 1]))}")
            begin = at
    return blanks, dropped, re.compile(f"[{''.join(parts)}]")


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """A text in its matching form.

    `text`     the form
    `offsets`  for each character of `text` where its original begins, and at the end the length of
               the original: `len(text) + 1` numbers, never falling
    `ends`     where each one's original ends, if that is not one further than its beginning
    """

    text: str
    offsets: Sequence[int]
    ends: Sequence[int] | None = None

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where characters `start` to `stop` (exclusive) of `text` stand in the original.

        White space dropped at the edges is not included; an empty span gives an empty span.
        Raises IndexError outside the text.
        """
        if not 0 <= start <= stop <= len(self.text):
            raise IndexError(f"no span {start}:{stop} in a text of {len(self.text)}")
        begin = self.offsets[start]
        if start == stop:
            return begin, begin
        if self.ends is not None:
            return begin, self.ends[stop - 1]
        return begin, self.offsets[stop - 1] + 1

    def inside(self, at: int) -> int:
        """Where offset `at` of the original stands in `text`: the first character of it that begins
        there or later."""
        return bisect_left(self.offsets, at, hi=len(self.text))


def normalise(text: str, *, spaces: Spaces = "drop", zeros: bool = False) -> Normalised:
    """The matching form of `text`, with offsets.

    `zeros` also folds `〇○◯零` and, between numerals, the letter O to `0` (Chinese dates).
    """
    blanks, dropped, uneven = _changes()
    table = dropped if spaces == "drop" else blanks
    out = text.translate(table)
    offsets: Sequence[int] = range(len(text) + 1)
    ends: Sequence[int] | None = None
    if uneven.search(text) is not None:
        offsets = _offsets(text, table, uneven)
    if spaces == "words" and " " in out:
        out, offsets = _without_stray_spaces(out, offsets)
    if not (out.isascii() or unicodedata.is_normalized("NFKC", out)):
        out, offsets, ends = _compose(out, offsets)
    return Normalised(_zero(out) if zeros else out, offsets, ends)


def normal(text: str, *, spaces: Spaces = "drop", zeros: bool = False) -> str:
    """`normalise(...).text`, without the cost of the offsets."""
    blanks, dropped, _ = _changes()
    out = text.translate(dropped if spaces == "drop" else blanks)
    if spaces == "words" and " " in out:
        out = _STRAY_SPACE.sub("", _SPACES.sub(" ", out))
    if not (out.isascii() or unicodedata.is_normalized("NFKC", out)):
        out = _compose(out, range(len(out) + 1))[0]
    return _zero(out) if zeros else out


_SPACES = re.compile(" +")
# a space stays only between two characters of scripts that part words by spaces; an Arabic, Tibetan
# or Latin letter or a digit on both sides
_SPACED = r"0-9A-Za-z\u00c0-\u024f\u0370-\u052f\u0600-\u06ff\u0f00-\u0fff\u1800-\u18af"
_STRAY_SPACE = re.compile(rf"(?<![{_SPACED}]) | (?![{_SPACED}])")
_LETTER_O = re.compile(rf"(?<=[{_NUMERAL}])[Oo]+(?=[{_NUMERAL}年])")
_ZERO_TABLE = str.maketrans(dict.fromkeys(_ZEROS, "0"))


def _zero(text: str) -> str:
    """Character for character, so offsets stay true."""
    text = text.translate(_ZERO_TABLE)
    if "O" in text or "o" in text:
        text = _LETTER_O.sub(lambda match: "0" * len(match[0]), text)
    return text


def _offsets(text: str, table: list[str], uneven: re.Pattern[str]) -> Sequence[int]:
    """Offsets of the translated text, in stretches between the changes of length."""
    offsets = array("I")
    mapped = 0
    for match in uneven.finditer(text):
        at = match.start()
        offsets.extend(range(mapped, at))
        offsets.extend([at] * len(table[ord(match[0])]))
        mapped = at + 1
    offsets.extend(range(mapped, len(text) + 1))
    return offsets


def _without_stray_spaces(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    one = _SPACES.sub(lambda match: " " + "\0" * (len(match[0]) - 1), text)
    # "\0" cannot occur otherwise: control characters were removed
    kept = [at for at, char in enumerate(one) if char != "\0"]
    single = one.replace("\0", "")
    stray = {match.start() for match in _STRAY_SPACE.finditer(single)}
    left = array("I", (offsets[at] for place, at in enumerate(kept) if place not in stray))
    left.append(offsets[-1])
    return _STRAY_SPACE.sub("", single), left


def _compose(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int], Sequence[int]]:
    """NFKC for text whose characters combine (e + ´, Hangul letters) or stand beyond the basic
    plane: each stretch between two characters across which nothing composes on its own."""
    starts = [
        at
        for at, char in enumerate(text)
        if at == 0 or (unicodedata.combining(char) == 0 and not _joins(text[at - 1], char))
    ]
    pieces: list[str] = []
    begins, ends = array("I"), array("I")
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        new = "".join(
            _fold(part).replace(" ", "") for part in unicodedata.normalize("NFKC", text[start:stop])
        )
        if text[start] == " ":
            new = " " + new
        pieces.append(new)
        begins.extend([offsets[start]] * len(new))
        ends.extend([offsets[stop - 1] + 1] * len(new))
    begins.append(offsets[-1])
    return "".join(pieces), begins, ends


def _joins(before: str, char: str) -> bool:
    """Whether two characters compose into one although the second is no combining mark (Hangul
    letters, some Indic vowels)."""
    apart = unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", char)
    return unicodedata.normalize("NFKC", before + char) != apart

"""Takes persons out of a text: names become 某, what is said of their person goes.

Names of the parties are known where a text has a head; elsewhere they are found behind the word
for the role (被告人张三). A name becomes one character whatever its length, so that another name
gives the same text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

SOMEONE = "某"

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴"
    "霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦"
    "戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑"
    "迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰"
)
_MASKED_NAME = re.compile(
    rf"[{_SURNAMES}](?:某{{1,3}}|[×xXＸ*＊]{{1,2}}(?![×xXＸ*＊A-Za-z0-9]))"
    r"(?:[甲乙丙丁戊己庚辛]|[一二三四五六七八九十](?![年月日时分级次人名条款元万千百个]))?\d{0,2}"
)
_ROLE = re.compile(
    r"(?:被告人|被告(?!人|单位)|犯罪嫌疑人|嫌疑人|上诉人|被害人|证人|自诉人|罪犯|同案(?:犯|人)|同伙|受害人|死者|伤者)"
    r"(?:[（(][^（）()]{1,14}[）)])?"
)
_NOT_THIRD = frozenset(
    "在于与和及因到以将对伙窜趁用持明从向被又再酒饮醉驾来去为系是也均等的了经先后携乘骑使通自该此其同让伪谎邀"
    "不未无有见得由并且即便就还拿取给把打殴盗骗抢卖买吸贩运驶行犯所利假冒虚非违私强参组纠容提供介联约商预"
    '（(，,。；;：:、“”"》《〈?!！？ \n\t'
    "上下入进出回说称报投主当遂随故意之要欲想找叫带跟帮替受收领接交送还负赔家住已曾至多两二三一共各分别驱辱妨阻"
)
_BETWEEN = "、和及与，,"
_PERSONAL = (
    r"(?:[男女](?:性)?(?=[，,、）)])|[\u4e00-\u9fff]{1,5}族(?=[，,、）)])|出生|身份证|户籍|籍贯|"
    r"文化(?=[，,、）)]|程度))"
)
_ASIDE = re.compile(rf"[（(][^（）()]{{0,80}}?{_PERSONAL}[^（）()]{{0,80}}[）)]")
_CLAUSE = re.compile(
    r"(?<=[，,、；;])(?:[男女]性?|(?:信仰|信奉)[^，,。；;]{1,10}|[\u4e00-\u9fff]{1,5}族(?:人)?|[^，,。；;（）()]{1,16}[省市县区乡镇村]人|"
    r"\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?出?生(?:于[^，,。；;]{1,30})?|(?:公民)?身份证?号?码?[^，,。；;]{4,40}|"
    r"(?:户籍(?:所在)?地?|籍贯|出生地?|家住|现住|住址)[^，,。；;]{1,50})(?=[，,、。；;])[，,、]?"
)
_ID = re.compile(
    r"(?<![\dXx])\d{6}(?:19|20)\d{2}[\d*×xX]{7}[\dXx*×](?![\dXx])|(?<!\d)1[3-9][\d*×]{9}(?!\d)"
)
_OFFICE = re.compile(r"检察院|法院|公安|派出所|局$")
_PEOPLES = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水|东乡|纳西|景颇|"
    "柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克|俄罗斯|鄂温克|德昂|保安|裕固|京|"
    "塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|少数民"
)
"""The peoples of GB/T 3304, and what is said of all but one."""
_PEOPLE = re.compile(rf"(?:{_PEOPLES})族(?!馆|箱)(?:同胞|群众)?")
_BELIEF = re.compile(
    r"回民|维吾尔人|藏民|"
    r"(?:信仰|信奉)(?:[^，,。；;]{0,4}教)|"
    r"(?:伊斯兰|基督|天主|东正|佛|道|喇嘛)教(?:徒|信徒)?|穆斯林|基督徒|天主教徒|阿訇|喇嘛|信教群众"
)
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|台湾"
)
_PLACED = r"[\u4e00-\u9fff]{1,5}?[市县区州旗镇乡村]"
_SHORT_PLACE = r"(?:(?![他某两数多几等被告害证二三四五六七八九十])[\u4e00-\u9fff]){0,3}"
# every branch begins with a character: a search then skips to one of these
_ORIGIN = re.compile(
    rf"(?:{_PROVINCES})(?:(?:省|市|自治区)?(?:{_PLACED}){{0,3}}(?:籍(?!贯)|人(?![民大工员事参行为均]))|"
    rf"{_SHORT_PLACE}(?:籍|人)(?=[，,、。；;）)]|务工))|"
    rf"来自(?:{_PROVINCES})(?:[\u4e00-\u9fff]{{0,9}}?(?=[，,、。；;的])|{_SHORT_PLACE}(?:籍|人))|"
    r"外[省地]籍|老乡|同乡"
)
_SEX = re.compile(r"性别[：:]?[男女]|[男女](?:性(?![病侵])|(?=青年|孩|朋友|友|工|老板))")
_SEX_OF = {"男子": "人", "女子": "人", "男人": "人", "女人": "人", "她": "他"}
"""妇女, 幼女 and 女童 stay: the law makes offences of what is done to them."""
_SEX_WORD = re.compile("|".join(_SEX_OF))


def names_in(text: str) -> frozenset[str]:
    """Names that stand behind the word for a role. A guess by surname and by what follows."""
    found: set[str] = set()
    # the same words are asked for at every mention, and each answer reads the whole text
    known: dict[str, str] = {}
    for role in _ROLE.finditer(text):
        at = role.end()
        while True:
            words = text[at : at + 3]
            if words not in known:
                known[words] = _name_at(text, at)
            name = known[words]
            if not name:
                break
            found.add(name)
            at += len(name)
            if at + 1 >= len(text) or text[at] not in _BETWEEN:
                break
            at += 1
    return frozenset(found)


def _name_at(text: str, at: int) -> str:
    if at + 1 >= len(text) or text[at] not in _SURNAMES:
        return ""
    two, three = text[at : at + 2], text[at : at + 3]
    if not all("\u4e00" <= c <= "\u9fff" for c in two) or two[1] in "某人":
        return ""
    if len(three) < 3 or not "\u4e00" <= three[2] <= "\u9fff":
        return two
    if three[2] in _NOT_THIRD:
        return three if _third_is_name(text, two, three) else two
    # 李四酒后 once, 李四 often: the third character is no part of the name
    return three if text.count(three) * 2 > text.count(two) else two


def _third_is_name(text: str, two: str, three: str) -> bool:
    """韩小明不备, 韩小明的陈述: what always follows, whatever comes after it, is a name."""
    after = {text[m.end() : m.end() + 1] for m in re.finditer(re.escape(three), text)}
    return len(after) > 1 and text.count(three) == text.count(two)


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without persons. `names` are those known from elsewhere (the head)."""
    known = {name for name in names if len(name) > 1 and not _OFFICE.search(name)}
    # before the names go: 城关某 would lose 关
    text = _MASKED_NAME.sub(SOMEONE, text)
    for name in sorted(known | names_in(text), key=lambda each: (-len(each), each)):
        text = text.replace(name, SOMEONE)
    text = _ASIDE.sub("", text)
    text = _CLAUSE.sub("", text)
    if "族" in text:
        text = _PEOPLE.sub("", text)
    text = _ORIGIN.sub("", _BELIEF.sub("", _ID.sub("", text)))
    return _SEX_WORD.sub(lambda word: _SEX_OF[word[0]], _SEX.sub("", text))

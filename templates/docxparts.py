"""The parts of a DOCX around its text: page, styles, fonts, page number.

The page and letters are those of official documents (GB/T 9704 as courts apply it, DOMAIN.md §6):
A4, 37/35/28/26 mm, titles 小标宋 2号, text 仿宋 3号 at 28 to 29 pt, page number — 1 — in 宋体 四号.
"""

from __future__ import annotations

from collections.abc import Iterator

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

# twips: 1/20 pt
_WIDTH, _HEIGHT = 11906, 16838
_TOP, _BOTTOM, _LEFT, _RIGHT = 2098, 1984, 1587, 1474
# 28.95 pt: with 29 the 22nd line misses the 225 mm of the text by 0.2 pt
_PITCH = 579
CONTENT_WIDTH = _WIDTH - _LEFT - _RIGHT
"""Width of the text, in twips."""

_TITLE, _BODY, _BLACK, _KAI, _SONG = (
    "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体",
)  # fmt: skip

# the names under which Windows, WPS, macOS and Linux have such a font
_FONTS = {
    _TITLE: ("roman", "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,宋体,SimSun"),
    _BODY: ("modern", "仿宋,FangSong,FangSong_GB2312,华文仿宋,STFangsong"),
    _BLACK: ("swiss", "SimHei,微软雅黑,Noto Sans CJK SC"),
    _KAI: ("modern", "楷体,KaiTi,KaiTi_GB2312,华文楷体,STKaiti"),
    _SONG: ("roman", "SimSun,Noto Serif CJK SC"),
}


def _fonts(name: str) -> str:
    """Figures and letters too are in the font of the text, as courts print them."""
    return (
        f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}" '
        'w:hint="eastAsia"/>'
    )


def _style(
    code: str, label: str, *, font: str = "", half_points: int = 0, align: str = "",
    indent: str = '<w:ind w:firstLineChars="0" w:firstLine="0"/>', pitch: int = 0, more: str = "",
) -> str:  # fmt: skip
    spacing = f'<w:spacing w:line="{pitch}" w:lineRule="exact"/>' if pitch else ""
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if half_points else ""
    jc = f'<w:jc w:val="{align}"/>' if align else ""
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{code}">'
        f'<w:name w:val="{label}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{more}{spacing}{indent}{jc}</w:pPr>"
        f"<w:rPr>{_fonts(font) if font else ''}{size}</w:rPr></w:style>"
    )


_DASHED = '<w:pBdr><w:bottom w:val="dashed" w:sz="6" w:space="1" w:color="auto"/></w:pBdr>'
_KEEP = "<w:keepNext/>"
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)

# Chinese as the language of figures too would let LibreOffice tear numbers at the end of a line
_STYLES = (
    f'{_HEAD}<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(_BODY)}'
    '<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/>'
    '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
    "<w:pPrDefault/></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    f'<w:qFormat/><w:pPr><w:widowControl w:val="0"/>'
    f'<w:spacing w:before="0" w:after="0" w:line="{_PITCH}" w:lineRule="exact"/>'
    '<w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/></w:pPr></w:style>'
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="40" w:type="dxa"/>'
    '<w:left w:w="85" w:type="dxa"/><w:bottom w:w="40" w:type="dxa"/>'
    '<w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/>'
    f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
    "</w:style>"
    + "".join(
        _style(code, label, font=_TITLE, half_points=44, align="center", pitch=700, more=_KEEP)
        for code, label in (("Organ", "机关名称"), ("Title", "文书名称"))
    )
    + _style("Number", "文号", align="right")
    + _style("Flush", "顶格", align="left")
    + _style(
        "Signed", "落款", align="right",
        indent='<w:ind w:rightChars="200" w:right="640" w:firstLineChars="0" w:firstLine="0"/>',
    )
    + _style("Plain", "无缩进")
    + _style("Note", "附注", half_points=28, pitch=480)
    + _style(
        "HeadingOne", "一级标题", font=_BLACK,
        indent='<w:ind w:firstLineChars="200" w:firstLine="640"/>', more=_KEEP,
    )
    + _style(
        "HeadingTwo", "二级标题", font=_KAI,
        indent='<w:ind w:firstLineChars="200" w:firstLine="640"/>', more=_KEEP,
    )
    + _style("Cell", "表格文字", half_points=28, align="left", pitch=440)
    + _style("Break", "分页", half_points=2, pitch=20)
    + _style("Cut", "裁切线", half_points=28, pitch=480, more=_DASHED)
    + '<w:style w:type="paragraph" w:styleId="Footer"><w:name w:val="footer"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:line="240" w:lineRule="auto"/>'
    '<w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr>'
    f'<w:rPr>{_fonts(_SONG)}<w:sz w:val="28"/><w:szCs w:val="28"/></w:rPr></w:style>'
    "</w:styles>"
)  # fmt: skip

_FONT_TABLE = (
    f'{_HEAD}<w:fonts xmlns:w="{_W}">'
    + "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, (family, others) in _FONTS.items()
    )
    + "</w:fonts>"
)

_SETTINGS = (
    f'{_HEAD}<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="640"/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/>'
    '<w:compat><w:compatSetting w:name="compatibilityMode" '
    'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)

_FOOTER = (
    f'{_HEAD}<w:ftr xmlns:w="{_W}"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>'
    '<w:r><w:t xml:space="preserve">— </w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    '<w:r><w:t xml:space="preserve"> —</w:t></w:r></w:p></w:ftr>'
)

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MAIN}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_MAIN}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_MAIN}.fontTable+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_MAIN}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_ROOT_RELATIONS = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_R}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" '
    'Target="docProps/core.xml"/></Relationships>'
)
_RELATIONS = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">' + "".join(
    f'<Relationship Id="rId{at}" Type="{_R}/{kind}" Target="{target}"/>'
    for at, (kind, target) in enumerate(
        (
            ("styles", "styles.xml"), ("settings", "settings.xml"),
            ("fontTable", "fontTable.xml"), ("footer", "footer1.xml"),
        ),
        1,
    )
) + "</Relationships>"  # fmt: skip

_SECTION = (
    '<w:sectPr><w:footerReference w:type="default" r:id="rId4"/>'
    f'<w:pgSz w:w="{_WIDTH}" w:h="{_HEIGHT}"/>'
    f'<w:pgMar w:top="{_TOP}" w:right="{_RIGHT}" w:bottom="{_BOTTOM}" w:left="{_LEFT}" '
    # no grid: LibreOffice would give a title two lines of it
    'w:header="851" w:footer="1304" w:gutter="0"/></w:sectPr>'
)


def parts(body: str, title: str) -> Iterator[tuple[str, str]]:
    """Name and XML of each part, in the order they are packed in. `body` is the XML of the
    paragraphs and tables, `title` escaped text."""
    yield "[Content_Types].xml", _TYPES
    yield "_rels/.rels", _ROOT_RELATIONS
    yield (
        "word/document.xml",
        f'{_HEAD}<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}{_SECTION}</w:body>'
        "</w:document>",
    )
    yield "word/_rels/document.xml.rels", _RELATIONS
    yield "word/styles.xml", _STYLES
    yield "word/settings.xml", _SETTINGS
    yield "word/fontTable.xml", _FONT_TABLE
    yield "word/footer1.xml", _FOOTER
    yield (
        "docProps/core.xml",
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:language>zh-CN</dc:language></cp:coreProperties>",
    )

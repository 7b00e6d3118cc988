"""Made-up judgments on thefts: the sum, 自首 and 累犯 make the term."""

from __future__ import annotations

import json
import random
from pathlib import Path

QUERY = (
    "被告人吴某在南关市场趁人不备，盗走被害人手机一部，经鉴定价值人民币3860元。"
    "被告人吴某系累犯，案发后主动投案，如实供述犯罪事实，系自首。"
)
_NUMERALS = "零一二三四五六七八九"


def _term(months: int) -> str:
    years, rest = divmod(months, 12)
    named = {10: "十", 11: "十一"}.get(rest) or _NUMERALS[rest]
    return (f"{_NUMERALS[years]}年" if years else "") + (f"{named}个月" if rest else "")


def judgment(chance: random.Random, number: int) -> dict[str, str]:
    amount = chance.choice([1800, 2400, 3100, 4100, 5200, 6800, 9000, 15000, 32000, 45000])
    surrendered, again = chance.random() < 0.5, chance.random() < 0.3
    months = round(6 + amount / 2500 + 5 * again - 3 * surrendered + chance.choice([-1, 0, 1]))
    months = max(3, months)
    trial = not again and months < 12 and chance.random() < 0.5
    county = chance.choice(["临洮县", "渭源县", "陇西县"])
    place = chance.choice(["南关市场", "车站候车室", "东街超市", "人民公园"])
    thing = chance.choice(["手机一部", "电动车一辆", "金项链一条", "笔记本电脑一台"])
    name = chance.choice("赵钱孙李周吴") + chance.choice(["某", "某某"])
    year, case = 2020 + number % 4, f"（{2020 + number % 4}）甘1124刑初{number + 1}号"
    text = "\n".join(
        (
            f"{county}人民法院",
            "刑事判决书",
            case,
            f"公诉机关{county}人民检察院。",
            f"被告人{name}，男，汉族，1990年1月1日出生。",
            f"{county}人民检察院指控，被告人{name}犯盗窃罪，向本院提起公诉。现已审理终结。",
            f"经审理查明，{year}年{number % 12 + 1}月{number % 27 + 1}日，被告人{name}在{place}"
            f"趁人不备，盗走被害人{thing}，经鉴定价值人民币{amount}元。"
            + (f"案发后被告人{name}主动到公安机关投案，如实供述犯罪事实。" if surrendered else ""),
            f"本院认为，被告人{name}以非法占有为目的，秘密窃取他人财物，数额较大，"
            "其行为已构成盗窃罪。"
            + ("被告人系累犯，应当从重处罚。" if again else "")
            + ("被告人有自首情节，可以从轻处罚。" if surrendered else "")
            + "依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：",
            f"被告人{name}犯盗窃罪，判处有期徒刑{_term(months)}{'，缓刑一年' if trial else ''}，"
            f"并处罚金人民币{chance.choice([2000, 3000, 5000])}元。",
            "审判员 温和",
            f"二〇二{_NUMERALS[number % 4]}年六月一日",
        )
    )
    return {
        "id": str(number), "title": f"{name}盗窃罪一审刑事判决书", "court": f"{county}人民法院",
        "number": case, "date": f"{year}-06-01", "text": text,
    }  # fmt: skip


def corpus(path: Path, count: int) -> Path:
    chance = random.Random(3)
    lines = (json.dumps(judgment(chance, n), ensure_ascii=False) for n in range(count))
    path.write_text("\n".join(lines), "utf-8")
    return path

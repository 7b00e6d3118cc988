"""The engine `whoosh` alone: its files, and what hostile ones can do.

What all engines must do is in `test_search_engines.py`.
"""

from __future__ import annotations

import json
import pickle
import random
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from dossier.errors import IndexBusy, IndexDamaged
from dossier.search import whoosh_build, whoosh_engine
from dossier.search.entry import FACETS, TEXT_FIELDS, Entry
from dossier.search.plan import (
    And,
    Days,
    Everything,
    Exactly,
    Not,
    Or,
    Plan,
    Similar,
    Substring,
    WholeWord,
    WordPrefix,
)
from dossier.search.whoosh_engine import WhooshIndex
from dossier.search.whoosh_file import SealedFile, SealedWriter

WORDS = (
    "被告人",
    "盗窃",
    "手机",
    "一部",
    "证人",
    "赵某",
    "2023年",
    "5月",
    "ab12",
    "供述",
    "，",
    "\n",
)


def entry(at: int, rng: random.Random) -> Entry:
    return Entry(
        key=f"page/{at}",
        kind="page",
        group=f"dossier-{at % 7}",
        text="".join(rng.choices(WORDS, k=30)),
        type=rng.choice(("起诉书", "讯问笔录", "")),
        title="".join(rng.choices(WORDS, k=3)),
        charges=tuple(rng.sample(("盗窃", "诈骗", "抢劫"), rng.randint(0, 2))),
        parties=("赵某", "钱某"),
        day=rng.choice((None, date(2023, 5, at % 28 + 1))),
    )


def entries(count: int) -> list[Entry]:
    rng = random.Random(count)
    return [entry(at, rng) for at in range(count)]


PLANS: tuple[Plan, ...] = (
    Everything(),
    Substring("text", "盗"),
    Substring("text", "盗窃手机一部"),
    Substring("title", "证人"),
    Similar("text", tuple("手机一部"), True),
    Similar("text", ("手毛", "机", "一"), False),
    WholeWord("ab12"),
    WordPrefix("20"),
    Days(date(2023, 5, 3), date(2023, 5, 9)),
    Exactly("charge", ("盗窃", "抢劫")),
    And((Substring("text", "供述"), Not(Substring("text", "被告人盗窃")))),
    Or((Substring("text", "赵某"), Exactly("type", ("起诉书",)))),
)


def answers(index: WhooshIndex) -> list[object]:
    found: list[object] = []
    for plan in PLANS:
        for grouped in (False, True):
            answer = index.search(plan, limit=50, grouped=grouped, facets=FACETS)
            hits = [(hit.key, hit.group, round(hit.score, 6), hit.day) for hit in answer.hits]
            found.append((answer.total, answer.groups, answer.inside, answer.facets, hits))
        found.append([hit.key for hit in index.search(plan, limit=50, sort="newest").hits])
    return found


def segments(place: Path) -> set[str]:
    return {path.name for path in place.glob("*.segment")}


# --- nothing is unpickled

CYCLE = """
import pickle, sys
def never(*args, **kwargs):
    raise SystemExit("something was unpickled")
class Never(pickle.Unpickler):
    load = never
pickle.load = pickle.loads = never
pickle.Unpickler = Never
from dossier.search.whoosh_engine import WhooshIndex
from dossier.search.entry import Entry
from dossier.search.plan import Substring
index = WhooshIndex.create(sys.argv[1])
for at in range(12):
    index.add([Entry(f"page/{at}", "page", "g", "被告人盗窃手机")])
    index.commit()
index.optimise()
print(WhooshIndex.open(sys.argv[1]).count(Substring("text", "盗窃")))
"""


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CYCLE, str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("12", 0), done.stderr


class Bomb:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


def test_pickles_in_the_folder_do_nothing(tmp_path: Path) -> None:
    place = tmp_path / "index"
    index = WhooshIndex.create(str(place))
    index.add(entries(20))
    index.commit()
    index.close()
    bomb = pickle.dumps(Bomb(tmp_path / "exploded"))
    (place / "_MAIN_1.toc").write_bytes(bomb)  # where Whoosh itself keeps its schema
    assert WhooshIndex.open(str(place)).count(Everything()) == 20
    for path in sorted(place.iterdir()):
        if path.suffix in {".segment", ".json"}:
            content = path.read_bytes()
            path.write_bytes(bomb)
            with pytest.raises(IndexDamaged):
                WhooshIndex.open(str(place)).count(Everything())
            path.write_bytes(content)
    assert not (tmp_path / "exploded").exists()
    pickle.loads(bomb)  # noqa: S301 - it is a real one
    assert (tmp_path / "exploded").exists()


# --- numbers that make no sense


def forge(path: Path, name: str, how: str) -> bool:
    """Write a segment anew, one section spoilt, all checksums right. False if nothing changed."""
    file = SealedFile(path)
    old = {each: file.numbers(each).copy() for each in file._sections}
    kinds = {each: file.kind(each) for each in old}
    numbers = old[name].copy()
    match how:
        case "most":
            numbers[:] = np.iinfo(numbers.dtype).max
        case "none":
            numbers[:] = 0
        case "back":
            numbers = numbers[::-1]
        case "short":
            numbers = numbers[: len(numbers) // 2]
        case _:
            data = random.Random(1).randbytes(numbers.nbytes)
            numbers = np.frombuffer(data, numbers.dtype)
    if np.array_equal(numbers, old[name]):
        return False
    path.unlink()
    with SealedWriter(path) as out:
        for each, values in old.items():
            out.section(each, kinds[each], [numbers if each == name else values])
        out.finish(file.about)
    return True


@pytest.mark.parametrize("how", ["most", "none", "back", "short", "noise"])
def test_forged_segments_are_damage_at_worst(tmp_path: Path, how: str) -> None:
    place = tmp_path / "index"
    index = WhooshIndex.create(str(place))
    index.add(entries(30))
    index.commit()
    index.delete(["page/3"])
    index.commit()
    index.close()
    (path,) = place.glob("*.segment")
    content = path.read_bytes()
    noticed = 0
    for name in list(SealedFile(path)._sections):
        if name.split("/")[0] in TEXT_FIELDS and not name.startswith(("text/", "title/")):
            continue
        if forge(path, name, how):
            for ask in (answers, WhooshIndex.optimise, lambda index: index.more_like("被告人盗窃")):
                try:
                    opened = WhooshIndex.open(str(place))
                    ask(opened)
                except IndexDamaged:
                    noticed += 1
                else:
                    if ask is WhooshIndex.optimise:
                        break  # the segment is gone
                finally:
                    opened.close()
            listed = json.loads((place / "segments.json").read_text())
            (kept,) = (place / f"{each[0]}.segment" for each in listed["segments"])
            kept.unlink(missing_ok=True)
            path = kept
        path.write_bytes(content)
    assert noticed


# --- one segment or many


def test_many_segments_answer_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = entries(300)
    one = WhooshIndex.create(str(tmp_path / "one"))
    one.add(known)
    one.commit()
    expected = answers(one)
    assert len(segments(tmp_path / "one")) == 1

    monkeypatch.setattr(whoosh_engine, "_BATCH", 3_000)
    monkeypatch.setattr(whoosh_engine, "_FEW", 100)
    monkeypatch.setattr(whoosh_build, "_PORTION", 700)  # merging takes several portions
    many = WhooshIndex.create(str(tmp_path / "many"))
    many.add(known, new=True)
    many.commit()
    assert len(segments(tmp_path / "many")) > 5
    assert answers(many) == expected
    many.optimise()
    assert len(segments(tmp_path / "many")) == 1
    assert answers(many) == expected
    assert answers(WhooshIndex.open(str(tmp_path / "many"))) == expected


def test_a_small_commit_leaves_a_large_segment_alone(tmp_path: Path) -> None:
    index = WhooshIndex.create(str(tmp_path / "index"))
    index.add(entries(1000))
    index.commit()
    large = segments(tmp_path / "index")
    for number in range(30):
        index.add([Entry(f"new/{number}", "page", "new", "补充侦查卷")])
        index.commit()
        assert large < segments(tmp_path / "index")
    assert len(segments(tmp_path / "index")) <= 9
    assert index.count(Substring("text", "补充侦查")) == 30


def test_long_texts_and_short_ones_in_one_segment(tmp_path: Path) -> None:
    """Positions beyond 65,535 need wider numbers; a match never runs into the next entry."""
    index = WhooshIndex.create(str(tmp_path / "index"))
    index.add([Entry("short", "page", "g", "乙丙丁"), Entry("next", "page", "g", "丁")])
    index.commit()
    index.add([Entry("long", "judgment", "l", "甲" * 70_000 + "乙丙" + "甲" * 9)])
    index.add([Entry("edge", "page", "g", "甲" * 65_534 + "丙丙")])
    index.commit()
    for _ in range(2):
        assert index.count(Substring("text", "乙丙")) == 2
        assert index.count(Substring("text", "甲乙丙甲甲")) == 1
        assert index.count(Substring("text", "丙丙")) == 1
        assert index.count(Substring("text", "丙丙乙")) == 0
        assert index.count(Similar("text", ("丙", "丙", "乙", "丁"), False)) == 0
        assert index.count(Substring("text", "甲" * 99)) == 2
        index.optimise()


# --- writing


def test_what_a_crash_leaves_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "index"
    index = WhooshIndex.create(str(place))
    index.add(entries(10))
    index.commit()
    (place / "0123456789abcdef.segment").write_bytes(b"half a segment")
    (place / "segments.json.00.new").write_text("{")
    assert WhooshIndex.open(str(place)).count(Everything()) == 10
    monkeypatch.setattr(whoosh_engine, "_BATCH", 100)
    index.add([Entry(f"lost/{at}", "page", "g", "撤回起诉" * 20) for at in range(9)])
    assert len(segments(place)) > 2
    index.rollback()
    assert len(segments(place)) == 1
    assert {path.name for path in place.iterdir()} == segments(place) | {
        "dossier-index.json",
        "segments.json",
        "writing.lock",
    }
    assert index.count(Everything()) == 10


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    first = WhooshIndex.create(str(tmp_path / "index"))
    second = WhooshIndex.open(str(tmp_path / "index"))
    first.add(entries(3))
    with pytest.raises(IndexBusy):
        second.add(entries(1))
    first.commit()
    second.add([Entry("page/1", "page", "g", "换了内容")])
    second.commit()
    assert first.count(Everything()) == 3
    assert first.count(Substring("text", "换了")) == 1


def test_unknown_fields(tmp_path: Path) -> None:
    index = WhooshIndex.create(str(tmp_path / "index"))
    for plan in (Substring("words", "a"), Exactly("text", ("a",)), Similar("x", ("a",), True)):
        with pytest.raises(KeyError):
            index.count(plan)
    with pytest.raises(KeyError):
        index.search(Everything(), facets=("key",))

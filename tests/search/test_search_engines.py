"""What every search engine must do, for each engine by name. Truth is reading all entries."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO

import pytest
from search_entries import entries, fits, piece, random_plan

from dossier.errors import (
    DossierError,
    IndexBusy,
    IndexDamaged,
    IndexVersion,
    SearchEngineNotFound,
)
from dossier.search.analysis import form, words
from dossier.search.engines import DEFAULT, engine, engine_names
from dossier.search.entry import FACETS, TEXT_FIELDS, Entry
from dossier.search.plan import (
    Days,
    Everything,
    Exactly,
    Not,
    Nothing,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)
from dossier.search.protocol import SearchIndex, Sort

ENGINES = ("tantivy", "whoosh")
KNOWN = entries()
ALL = len(KNOWN)
BY_KEY = {entry.key: entry for entry in KNOWN}

pytestmark = pytest.mark.xdist_group("search-engines")


@pytest.fixture(params=ENGINES, scope="module")
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where an index of all entries stands; filled in several commits. Nobody writes to it."""
    kind = engine(request.param)
    place = str(tmp_path_factory.mktemp("full") / request.param)
    index = kind.create(place)
    for at in range(0, ALL, 100):
        # some go in in an older state first
        old = [replace(entry, text="旧文本" + entry.text[:9]) for entry in KNOWN[at : at + 5]]
        index.add([*old, *KNOWN[at + 5 : at + 100]], new=True)
        index.commit()
        index.add(KNOWN[at : at + 5])
        index.commit()
    index.close()
    return place


@pytest.fixture(scope="module")
def index(full: str) -> Iterator[SearchIndex]:
    opened = engine(Path(full).name).open(full)
    yield opened
    opened.close()


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> type[SearchIndex]:
    return engine(request.param)


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "index")


def found(index: SearchIndex, plan: Plan, sort: Sort = "relevance") -> list[str]:
    return [hit.key for hit in index.search(plan, limit=10_000, sort=sort).hits]


def truth(plan: Plan) -> set[str]:
    return {entry.key for entry in KNOWN if fits(plan, entry)}


def page(key: str, text: str = "被告人张三盗窃", **more: object) -> Entry:
    return replace(Entry(key, "page", "group", text), **more)  # type: ignore[arg-type]


# --- what is found


def test_random_substrings_recall_and_precision(index: SearchIndex) -> None:
    rng = random.Random(11)
    right = wanted = given = 0
    wrong: list[str] = []
    for _ in range(500):
        text = form(rng.choice(KNOWN).text)
        size = rng.randint(2, 12)
        at = rng.randrange(max(1, len(text) - size))
        part = text[at : at + size]
        if len(part) < 2:
            part = piece(rng, KNOWN, "text", 2)
        plan = Substring("text", part)
        expected, got = truth(plan), found(index, plan)
        assert expected or not got
        right += len(expected & set(got))
        wanted += len(expected)
        given += len(got)
        if expected != set(got):
            wrong.append(part)
    print(f"{index.name}: recall {right / wanted:.3f}, precision {right / given:.3f}")
    assert not wrong
    assert right == wanted == given > 500


def test_every_character_alone(index: SearchIndex) -> None:
    forms = {entry.key: form(entry.text) for entry in KNOWN}
    for char in sorted({char for text in forms.values() for char in text}):
        assert set(found(index, Substring("text", char))) == {
            key for key, text in forms.items() if char in text
        }


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_every_field(index: SearchIndex, field: str) -> None:
    rng = random.Random(field)
    for size in (1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8, 30):
        plan = Substring(field, piece(rng, KNOWN, field, size))
        assert set(found(index, plan)) == truth(plan) != set()


def test_what_stands_nowhere_is_not_found(index: SearchIndex) -> None:
    for text in ("龘", "龘龘", "被告人龘", "zzzzq", "\U0001f600", "(.*)", ".*", "[", "\\", "a|b"):
        for field in ("text", "title"):
            plan = Substring(field, text)
            assert set(found(index, plan)) == truth(plan)
            assert index.count(plan) == len(truth(plan))


def test_nothing_is_found_across_two_values(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add([page("a", parties=("张三", "李四", "王五"), type="起诉书", title="判决")])
    index.commit()
    for text in ("三李", "张三李四", "李四王", "四王五"):
        assert index.count(Substring("party", text)) == 0
    assert index.count(Substring("title", "书判")) == 0
    # nor with an edit that would swallow the border
    for text in ("三张李四王", "张三李四", "李四王五"):
        assert index.count(Similar("party", tuple(text), True)) == 0
    assert index.count(Similar("party", tuple("李四"), True)) == 1
    index.close()


@pytest.mark.parametrize("seed", range(6))
def test_random_plans(index: SearchIndex, seed: int) -> None:
    rng = random.Random(seed)
    hits = 0
    for _ in range(30):
        plan = random_plan(rng, KNOWN)
        expected = truth(plan)
        result = index.search(plan, limit=ALL)
        assert {hit.key for hit in result.hits} == expected, plan
        assert len(result.hits) == result.total == index.count(plan) == len(expected)
        hits += len(expected)
    assert hits


def test_words(index: SearchIndex) -> None:
    rng = random.Random(5)
    every = sorted({word for entry in KNOWN for word in words(entry.text)})
    for word in [*rng.sample(every, 40), "3860", "iphone", "iphon", "0102", "dna", "x"]:
        for plan in (WholeWord(word), WordPrefix(word), WordPrefix(word[:2])):
            assert set(found(index, plan)) == truth(plan), plan


def test_look_alikes(index: SearchIndex) -> None:
    rng = random.Random(7)
    alike = "人入八己已巳未末曰日土士干千"
    for size in (1, 2, 3, 4, 5, 8):
        for field in ("text", "party", "title"):
            text = piece(rng, KNOWN, field, size)
            plan = Similar(
                field,
                # the page has what the query has misread
                tuple(rng.choice(alike) + char if rng.random() < 0.5 else char for char in text),
                False,
            )
            assert set(found(index, plan)) == truth(plan) != set(), plan


def test_one_edit(index: SearchIndex) -> None:
    rng = random.Random(8)
    for size in (2, 3, 4, 5, 6, 9):
        for field in ("text", "party", "number"):
            text = piece(rng, KNOWN, field, size)
            at = rng.randrange(len(text) + 1)
            changed = rng.choice(
                (text, text[:at] + "龘" + text[at:], text[:at] + "龘" + text[at + 1 :])
            )
            plan = Similar(field, tuple(changed), True)
            assert set(found(index, plan)) == truth(plan) != set(), plan


def test_one_edit_at_every_place(kind: type[SearchIndex], place: str) -> None:
    wanted = "故意伤害"
    index = kind.create(place)
    texts = {wanted}
    for at in range(5):
        texts |= {
            wanted[:at] + "某" + wanted[at:],
            wanted[:at] + wanted[at + 1 :],
            wanted[:at] + "某" + wanted[at + 1 :],
        }
    far = {"故某某害", "害伤意故", "意某害", "故害", "故某意某伤害", "故意", "某"}
    index.add(page(text, text) for text in texts | far)
    index.commit()
    assert set(found(index, Similar("text", tuple(wanted), True))) == texts
    index.close()


# --- order, pages, groups, facets


@pytest.mark.parametrize("sort", ["relevance", "newest", "oldest"])
@pytest.mark.parametrize(
    "plan",
    [
        Everything(),
        Substring("text", "被告人"),
        Or((Substring("text", "盗窃"), Substring("title", "判决"), Substring("text", "的"))),
        Exactly("type", ("起诉书", "讯问笔录")),
    ],
    ids=["everything", "phrase", "or", "exactly"],
)
def test_pages_have_no_gaps_and_no_repeats(index: SearchIndex, plan: Plan, sort: Sort) -> None:
    whole = index.search(plan, limit=ALL, sort=sort)
    assert {hit.key for hit in whole.hits} == truth(plan)
    for size in (1, 7, 50):
        stop = whole.total + size if size > 1 else 20
        pages = [
            index.search(plan, limit=size, offset=at, sort=sort) for at in range(0, stop, size)
        ]
        assert [hit for each in pages for hit in each.hits] == list(whole.hits[:stop])
        assert {each.total for each in pages} == {whole.total}
    for hit in whole.hits:
        assert (hit.group, hit.day) == (BY_KEY[hit.key].group, BY_KEY[hit.key].day)
    assert index.search(plan, limit=0, sort=sort).total == whole.total
    assert index.search(plan, limit=5, offset=10_000, sort=sort).hits == ()


def test_order_by_day(index: SearchIndex) -> None:
    for sort, sign in (("newest", -1), ("oldest", 1)):
        hits = index.search(Substring("text", "的"), limit=ALL, sort=sort).hits  # type: ignore[arg-type]
        days = [hit.day for hit in hits]
        known = [sign * day.toordinal() for day in days if day is not None]
        assert 1 < len(known) < len(days)
        assert known == sorted(known)
        assert days[len(known) :] == [None] * (len(days) - len(known))


def test_order_by_worth_then_key(index: SearchIndex) -> None:
    hits = index.search(Substring("text", "盗窃"), limit=ALL).hits
    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.key))
    assert len({hit.score for hit in hits}) > 1
    every = found(index, Everything())
    assert every == sorted(every)


@pytest.mark.parametrize("sort", ["relevance", "newest"])
@pytest.mark.parametrize(
    "plan",
    [Everything(), Substring("text", "被告人"), Days(date(2018, 1, 1), None)],
    ids=["everything", "phrase", "days"],
)
def test_groups(index: SearchIndex, plan: Plan, sort: Sort) -> None:
    flat = index.search(plan, limit=ALL, sort=sort).hits
    inside = Counter(hit.group for hit in flat)
    whole = index.search(plan, limit=ALL, sort=sort, grouped=True)
    assert whole.total == len(flat)
    assert whole.groups == len(inside) == len(whole.hits)
    assert whole.inside == inside
    # the best of each group, in the order of all
    best: dict[str, str] = {}
    for hit in flat:
        best.setdefault(hit.group, hit.key)
    assert [hit.key for hit in whole.hits] == list(best.values())
    pages = [
        index.search(plan, limit=3, offset=at, sort=sort, grouped=True)
        for at in range(0, len(inside) + 3, 3)
    ]
    assert [hit for each in pages for hit in each.hits] == list(whole.hits)
    for each in pages:
        assert each.groups == len(inside)
        assert each.inside == {hit.group: inside[hit.group] for hit in each.hits}
    none = index.search(Nothing(), grouped=True)
    assert (none.total, none.groups, none.hits) == (0, 0, ())


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize(
    "plan", [Everything(), Substring("text", "被告人"), Nothing()], ids=["all", "phrase", "none"]
)
def test_facets(index: SearchIndex, plan: Plan, grouped: bool) -> None:
    result = index.search(plan, limit=1, facets=FACETS, facet_size=500, grouped=grouped)
    few = index.search(plan, limit=1, facets=FACETS, facet_size=2, grouped=grouped)
    for field in FACETS:
        counts = Counter(
            value for entry in KNOWN if fits(plan, entry) for value in entry.keywords(field)
        )
        assert dict(result.facets[field]) == counts
        numbers = [number for _, number in result.facets[field]]
        assert numbers == sorted(numbers, reverse=True)
        assert few.facets[field] == result.facets[field][:2]


def test_weights_change_the_order(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add(page(f"other/{at}", "无关的内容" * 3, title="其他材料") for at in range(20))
    index.add([page("title", "另外的内容", title="诈骗案起诉书")])
    index.add([page("text", "被告人诈骗他人", title="某某材料")])
    index.commit()

    def order(title: float, text: float) -> list[str]:
        parts = (
            Weighted(Substring("title", "诈骗"), title),
            Weighted(Substring("text", "诈骗"), text),
        )
        return found(index, Or(parts))

    assert order(20.0, 0.5) == ["title", "text"]
    assert order(0.5, 20.0) == ["text", "title"]
    index.close()


def test_wishes_change_the_order_only(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add(
        page(str(at), "被告人盗窃手机", stage="审判" if at == 7 else "侦查") for at in range(9)
    )
    index.add([page("no", "证人", stage="审判")])
    index.commit()
    plan = Substring("text", "盗窃")
    assert found(index, plan)[0] == "0"
    wishing = found(index, Preferring(plan, (Exactly("stage", ("审判",)), Nothing())))
    assert wishing == ["7", *(str(at) for at in range(9) if at != 7)]
    index.close()


def test_more_like(index: SearchIndex) -> None:
    rng = random.Random(4)
    for key in ("page/3/001", "judgment/3", "judgment/999"):
        origin = BY_KEY[key]
        # other layout, other order, some words gone, others put in
        parts = [part for part in form(origin.text).replace("。", ",").split(",") if part]
        rng.shuffle(parts)
        told = "也就是说,".join(parts[: max(3, len(parts) * 2 // 3)])
        hits = index.more_like(told, limit=5)
        assert key in [hit.key for hit in hits[:2]], key
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        assert len(hits) == 5
        others = index.more_like(told, where=Not(Exactly("group", (origin.group,))))
        assert others
        assert origin.group not in {hit.group for hit in others}
    assert index.more_like("") == ()
    assert index.more_like("abc 123 ,。；") == ()
    assert index.more_like("龘龘龘") == ()


# --- writing


def test_replace_delete_rollback(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    assert index.count(Everything()) == 0
    assert index.search(Everything(), grouped=True, facets=FACETS).total == 0
    index.add([page("a"), page("b"), page("c")], new=True)
    assert index.count(Everything()) == 0, "seen before the commit"
    index.commit()
    assert found(index, Everything()) == ["a", "b", "c"]

    index.add([page("b", "李四诈骗", title="新")])
    assert index.count(Substring("text", "盗窃")) == 3
    index.commit()
    assert found(index, Substring("text", "盗窃")) == ["a", "c"]
    assert found(index, Substring("title", "新")) == ["b"]

    index.add([page("d", "甲乙"), page("d", "丙丁"), page("d", "戊己")])
    index.commit()
    assert [index.count(Substring("text", text)) for text in ("甲乙", "丙丁", "戊己")] == [0, 0, 1]
    index.add([page("e")])
    index.delete(["a", "e", "unknown"])
    index.commit()
    index.commit()
    assert found(index, Everything()) == ["b", "c", "d"]
    index.delete(["d"])
    index.add([page("d", "庚辛")])
    index.commit()
    assert found(index, Substring("text", "庚辛")) == ["d"]

    index.add([page("f")])
    index.delete(["b"])
    index.rollback()
    index.commit()
    assert found(index, Everything()) == ["b", "c", "d"]
    index.rollback()
    index.add([page("g")])
    index.commit()
    index.optimise()
    assert found(index, Everything()) == ["b", "c", "d", "g"]
    index.delete(["b", "c", "d", "g"])
    index.commit()
    assert index.search(Everything(), grouped=True, facets=FACETS).groups == 0
    index.close()


def test_open_again(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add([page("a")])
    index.commit()
    index.add([page("lost")])
    index.close()
    for key in ("b", "c"):
        again = kind.open(place)
        again.add([page(key)])
        again.commit()
        again.close()
    last = kind.open(place)
    assert found(last, Everything()) == ["a", "b", "c"]
    last.close()


def test_create_refuses_an_index(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add([page("a")])
    index.commit()
    index.close()
    with pytest.raises(DossierError):
        kind.create(place)
    opened = kind.open(place)
    assert opened.count(Everything()) == 1
    opened.close()


STRANGE = (
    "",
    " ",
    "\x1f",
    "\x00",
    "半\ud800个",
    "a" * 70_000,
    "\U00020000\U0002a6df",
    "ﷺ" * 9,
    "\x1f甲\x1f乙\x1f",
    "ａ́ﬁ㎏①㈱",
    "\\\"'`$%",
)


def test_strange_content(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    known = [
        page(f"strange {at}\n'\"", text, title=text[:99], parties=(text[:99], "乙"), stage=text[:9])
        for at, text in enumerate(STRANGE)
    ]
    index.add(known)
    index.commit()
    assert index.count(Everything()) == len(STRANGE)
    for text in STRANGE:
        if wanted := form(text)[:20]:
            for field in ("text", "party"):
                plan = Substring(field, wanted)
                assert set(found(index, plan)) == {e.key for e in known if fits(plan, e)}, text
    index.delete([known[3].key])
    index.commit()
    assert index.count(Everything()) == len(STRANGE) - 1
    index.close()


# --- other processes

OTHER = """
import sys
from dossier.errors import DossierError
from dossier.search.engines import engine
from dossier.search.entry import Entry
from dossier.search.plan import Everything
index = engine(sys.argv[1]).open(sys.argv[2])
number = index.count(Everything()) // 20
print("ready", flush=True)
for line in sys.stdin:
    order = line.strip()
    if order == "count":
        print(index.count(Everything()), flush=True)
    elif order == "add":
        number += 1
        try:
            index.add([Entry(f"other/{number}", "page", "other", "旁人写的")])
            index.commit()
            print("added", flush=True)
        except DossierError as error:
            print(error.code, flush=True)
    elif order == "close":
        index.close()
        print("closed", flush=True)
    elif order == "flood":
        while True:
            index.add(Entry(f"{number}/{at}", "page", "flood", f"第{number}批{at}" * 50)
                      for at in range(20))
            number += 1
            index.commit()
            print(number, flush=True)
"""


BATCH = 20
"""Entries of one commit of the flood."""


class Other:
    """A second process with the index open."""

    def __init__(self, name: str, place: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, name, place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.line() == "ready"

    def line(self) -> str:
        out: IO[str] | None = self.process.stdout
        assert out is not None
        return out.readline().strip()

    def tell(self, order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def ask(self, order: str) -> str:
        self.tell(order)
        return self.line()

    def __enter__(self) -> Other:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()


def test_two_processes(kind: type[SearchIndex], place: str) -> None:
    index = kind.create(place)
    index.add([page("a")])
    index.commit()
    with Other(kind.name, place) as other:
        assert other.ask("count") == "1"
        index.add([page("b"), page("c")])
        assert other.ask("count") == "1"
        index.commit()
        assert other.ask("count") == "3", "a commit elsewhere is not seen"
        index.delete(["a"])
        index.commit()
        assert other.ask("count") == "2"
        # one writer at a time
        index.add([page("d")])
        assert other.ask("add") == IndexBusy.code
        index.rollback()
        index.close()
        assert other.ask("add") == "added"
        assert other.ask("close") == "closed"
    again = kind.open(place)
    assert again.count(Everything()) == 3
    again.add([page("e")])
    again.commit()
    assert again.count(Everything()) == 4
    again.close()


def test_kill_while_it_commits(kind: type[SearchIndex], place: str) -> None:
    kind.create(place).close()
    rng = random.Random(2)
    flood = Substring("text", "批")
    for _ in range(3):
        with Other(kind.name, place) as other:
            other.tell("flood")
            told = [other.line()]
            time.sleep(rng.uniform(0.05, 0.25))
            other.process.send_signal(signal.SIGKILL)
            assert other.process.stdout is not None
            told += other.process.stdout.read().split()
        index = kind.open(place)
        before, told_now = (index.count(plan) for plan in (Everything(), flood))
        assert told_now % 20 == 0, "a commit is there in part"
        # each commit tells how often this and earlier processes have begun one
        assert before >= BATCH * int(told[-1]), "committed entries are lost"
        assert len(found(index, flood)) == min(told_now, 10_000)
        # and writing goes on
        index.add([page(f"after {before}/{at}") for at in range(BATCH)])
        index.commit()
        assert index.count(Everything()) == before + BATCH
        index.close()


# --- what is not an index of ours


def small(kind: type[SearchIndex], place: str) -> list[str]:
    index = kind.create(place)
    index.add(KNOWN[:8])
    index.commit()
    index.add([page("a", "最后一页")])
    index.delete([KNOWN[0].key])
    index.commit()
    keys = found(index, Everything())
    index.close()
    return keys


def test_other_form(kind: type[SearchIndex], place: str) -> None:
    small(kind, place)
    marker = Path(place) / "dossier-index.json"
    told = json.loads(marker.read_text("utf-8"))
    marker.write_text(json.dumps(told | {"form": told["form"] + 1}), "utf-8")
    with pytest.raises(IndexVersion):
        kind.open(place)
    marker.write_text(json.dumps(told), "utf-8")
    kind.open(place).close()


def test_no_index(kind: type[SearchIndex], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("x")
    for name in ("absent", "empty", "file"):
        with pytest.raises(IndexDamaged):
            kind.open(str(tmp_path / name))


def test_index_of_another_engine(tmp_path: Path) -> None:
    first, second = (engine(name) for name in ENGINES)
    small(first, str(tmp_path / "first"))
    small(second, str(tmp_path / "second"))
    for opener, name in ((first, "second"), (second, "first")):
        with pytest.raises((IndexVersion, IndexDamaged)):
            opener.open(str(tmp_path / name))


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _noise(content: bytes) -> bytes:
    return random.Random(1).randbytes(len(content))


def _flip(content: bytes) -> bytes:
    changed = bytearray(content)
    for at in random.Random(2).sample(range(len(content)), min(3, len(content))):
        changed[at] ^= 0x55
    return bytes(changed)


@pytest.mark.parametrize("damage", [_half, _noise, _flip, None])
def test_damaged_files(kind: type[SearchIndex], place: str, damage: object) -> None:
    """Every file in turn: either the index says so, or its answers are right all the same."""
    keys = small(kind, place)
    noticed = 0
    for path in sorted(each for each in Path(place).rglob("*") if each.is_file()):
        content = path.read_bytes()
        if not content:
            continue  # locks
        path.unlink()
        if callable(damage):
            path.write_bytes(damage(content))
        try:
            index = kind.open(place)
            assert found(index, Everything()) == keys, path.name
            assert found(index, Substring("text", "最后一")) == ["a"], path.name
            assert set(found(index, Substring("text", "云"))) == {
                each.key for each in KNOWN[1:8] if "云" in each.text
            }
            index.close()
        except (IndexDamaged, IndexVersion):
            noticed += 1
        path.write_bytes(content)
    assert noticed >= 2
    index = kind.open(place)
    assert found(index, Everything()) == keys
    index.close()


# --- engines by name


def test_engines_by_name() -> None:
    assert set(ENGINES) <= set(engine_names())
    assert DEFAULT == "tantivy"
    for name in ENGINES:
        assert engine(name).name == name
    with pytest.raises(SearchEngineNotFound, match=r"tantivy, whoosh"):
        engine("lucene")

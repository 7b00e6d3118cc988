"""What a judgment imposes (判决主文): per defendant and per charge.

The grammar is that of DOMAIN.md §5.2. The operative part is read as a row of words that matter:
who (被告人张三), for what (犯盗窃罪), what (有期徒刑一年六个月, 缓刑二年, 罚金三千元 …), and words
that change what the rest means: 决定执行 (in all), 总和刑期, 前罪 (not imposed here), 撤销 (no
longer holds).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice

from .charges import charges_at, charges_in_form
from .mentions import charge_mentions
from .moments import moments
from .operative import Part, decision_parts
from .persons import names_at, names_pattern, roles_pattern, strong_name
from .restitutions import restitutions
from .terms import TERM, possible_term
from .values import Amount, PartyElements, PenaltyKind, Segment, Sentence

__all__ = ["charge_mentions", "restitutions", "sentences"]

_DIGIT = "[0-9零〇○O一二三四五六七八九十]"
_MONTH_DAY = rf"{_DIGIT}{{1,3}}月{_DIGIT}{{1,3}}日"
_DATE = rf"{_DIGIT}{{2,5}}年{_MONTH_DAY}"
# slips of the pen occur: 有限徒刑, 有期徒一年, 有期徒刑有期徒刑一年, 有期徒刑年七年
_FIXED = r"(?:有[期限其]徒刑?|(?<![有无])期徒刑)"
_FILL = rf"(?:[(:,为刑]|判处|{_FIXED}|年(?=[一二三四五六七八九十\d]{{1,3}}年)){{0,2}}"
_WORDS = re.compile(
    r"(?P<item>(?:(?<=[。;:)日\"])|^)(?:\(?[一二三四五六七八九十]{1,4}\)?[、.,:]|\d{1,2}[、.](?!\d)"
    r"|[一二三四五六七八九十]{1,3}(?=被告|撤销|维持)))"
    rf"|(?P<who>(?<![各等位名全]){roles_pattern()})"
    r"|(?P<commit>犯(?![罪的])|(?<!不)构成(?!犯罪)|以(?=[^,。;]{2,40}罪(?:判处|追究|定罪)))"
    r"|(?P<own>判处|(?<=[^判所并])处(?=有期|拘役|管制|罚金|无期|死刑|以))"
    r"|(?P<prior>连同|与(?=[其前原尚之此]|[^,。;]{0,50}(?:判决|裁定|判处))|前罪|余刑|余罪"
    r"|原判(?=[^,。;]{0,12}(?:刑|拘役|管制|罚金))|[前原曾](?=犯)|(?:尚未|没有|未)执行(?=完|的))"
    r"|(?P<sum>总和刑期|刑期总和|总和刑|合并刑期|总刑期|合计刑期|合并总和"
    r"|合并(?:判处|处以)?(?=(?:有期徒刑|拘役)[^。;]{0,60}决定))"
    r"|(?P<total>(?:决定|合并|并罚,?)[^,。;]{0,14}?(?<!未)执行(?![完的])"
    r"|并罚(?:后)?(?=[^,。;]{0,4}判处)|合并(?:判处|处以)?(?=有期徒刑|拘役)"
    r"|(?<=[,;。])(?:应)?执行(?=有期徒刑|拘役|管制|无期徒刑|死刑))"
    r"|(?P<revoke>撤[销消])"
    r"|(?P<keep>维持)"
    r"|(?P<anew>改判|变更为|改为)"
    rf"|死刑(?P<reprieve>[^。;死]{{0,12}}?缓(?:期|刑)|(?=[^。;死]{{0,20}}缓期))?(?P<death>)"
    r"|(?P<life>无期徒刑)"
    rf"|(?P<fixed>{_FIXED}){_FILL}(?P<fixed_term>{TERM}(?:[、,和]{TERM})*)?"
    rf"|(?P<jail>拘役){_FILL}(?P<jail_term>{TERM}(?:[、,和]{TERM})*)?"
    rf"|(?P<control>管制){_FILL}(?P<control_term>{TERM}(?:[、,和]{TERM})*)"
    rf"|缓刑(?:考验期限?)?{_FILL}(?P<probation>{TERM})"
    r"|(?P<fine>罚金|罚款)"
    r"|没收(?:其|被告人[^,。;]{1,8}?)?(?:个人)?(?:的)?(?P<taken>全部|部分)?(?:个人)?的?(?P<confiscation>财产)"
    rf"|(?P<rights>剥夺政治权利){_FILL}(?P<deprivation>终身|终生|{TERM})"
    r"|(?P<expelled>驱逐出境)"
    r"|(?P<exempt>免[予于除](?:刑事)?处[罚分])"
    r"|(?P<acquitted>无罪)"
    rf"|(?:[自从由]|刑期)(?P<start>{_DATE})起?[^。;自]{{0,60}}?至(?P<end>{_DATE}|同年{_MONTH_DAY})"
)


@dataclass
class _Unit:
    """What is imposed for one charge, or in all, while it is read."""

    who: tuple[str, ...]
    start: int
    stop: int
    item: int
    charges: list[tuple[str, str]] = field(default_factory=list)
    inherited: list[tuple[str, str]] = field(default_factory=list)
    total: bool = False
    dropped: bool = False
    prior: bool = False
    operative: bool = True
    penalty: PenaltyKind | None = None
    terms: list[tuple[int | None, int]] = field(default_factory=list)
    probation: int | None = None
    fines: list[Amount] = field(default_factory=list)
    confiscation: str = ""
    deprivation: int | None = None
    expelled: bool = False
    exempt: bool = False
    acquitted: bool = False
    judged: bool = False
    term_from: date | None = None
    term_to: date | None = None

    @property
    def imposes(self) -> bool:
        return (
            self.penalty is not None
            or bool(self.fines)
            or self.exempt
            or self.acquitted
            or bool(self.confiscation)
            or self.deprivation is not None
            or self.expelled
        )


# bounds on how far a word looks back, so that no text takes more than linear time
_NEAR = 80
_FAR = 400
_MANY = 500
_CHARGES = 40  # of one unit
_VALUES = 400  # names times charges of one unit
_ALL = 10_000  # values of one judgment
_RAW = re.compile(r"[^,。;:()、]{2,30}?罪(?![、和])|[^,。;:()]{2,40}?罪")
_MORE = re.compile(r"(?:\([^()]{0,30}\))?罪?(?:\([^()]{0,30}\))?、?[和及]?[犯]?")
_NO_NAME = re.compile(r"其|另|又|再|并|前罪|原判|同时|所|之|此|因|已|曾|均|即|故")
_THAT_IS = re.compile(r"即(?:为|是)?[:,]?[\"']?$")
_ITEMS = re.compile(r"第[一二三四五六七八九十、和及]{1,20}(?=项)")
# (缓刑考验期限,从判决确定之日起计算,即自…): the period that follows is not that of the penalty
_PROBATION = re.compile(r"(?:考验期|缓刑期)(?:(?!刑期)(?:[^。;()]|[。;](?=[即自从])))*$")
_AND = re.compile(r"(?:[、,和及]|以及)(?:人民币)?")
_NUMERAL = re.compile(r"[一二三四五六七八九十]+")
_PART = re.compile(r"的?(?:定罪|量刑)")
_BARE = re.compile(r"(?:^|(?<=[,。;:()、]))[^,。;:()、犯]{2,30}$")
_CLAUSE = re.compile(r"(?:^|(?<=[,。;:、]))[^,。;:()、]{2,30}$")


class _Reader:
    """Reads one operative part; `text` is in matching form."""

    def __init__(self, part: Part, names: Iterable[str]) -> None:
        self.part = part
        self.text = text = part.text
        self.days = {each.start: each.date for each in moments(text)}
        known = set(names)
        for each in _WHO.finditer(text):
            name = strong_name(text, each.end())
            if name is not None and len(name) <= 4:
                known.add(name)
        self.named = known
        self.known = names_pattern(sorted(known)[:_MANY])
        self.units: list[_Unit] = []
        self.unit: _Unit | None = None
        self.who: tuple[str, ...] = ()
        self.mode = ""
        self.quoting = False
        self.revoked = 0
        self.quoted = 0  # items of the judgment below that are still to come
        self.item = 0  # index into units where the current item begins
        self.skip = 0
        self.began = 0  # where the words of the current item begin
        self.joint: _Unit | None = None  # charges of several, who may each get a punishment

    def read(self) -> list[_Unit]:
        for word in _WORDS.finditer(self.text):
            if word.start() < self.skip:
                continue
            kind = word.lastgroup
            assert kind is not None
            getattr(self, f"_{kind}")(word)
        self._last_totals()
        return self.units

    def _last_totals(self) -> None:
        """Of several totals of one defendant in one item the last holds (与前判并罚,决定执行…)."""
        seen: set[tuple[int, tuple[str, ...]]] = set()
        for unit in reversed(self.units):
            if unit.total and unit.operative and unit.imposes:
                key = (unit.item, unit.who)
                unit.prior = unit.prior or key in seen
                seen.add(key)

    def _begin(
        self, start: int, stop: int, *, total: bool = False, prior: bool = False, sums: bool = False
    ) -> _Unit:
        unit = _Unit(self.who, start, stop, self.item, total=total, prior=prior, dropped=sums)
        self.units.append(unit)
        self.unit = unit
        return unit

    def _current(self, word: re.Match[str]) -> _Unit:
        unit = self.unit
        if unit is None:
            unit = self._begin(word.start(), word.end())
            unit.operative = self.mode not in ("revoke", "recall")
        return unit

    # --- who and for what

    def _item(self, word: re.Match[str]) -> None:
        self.unit = self.joint = None
        self.began = word.end()
        if self.mode in ("revoke", "keep"):
            # 撤销…第一、二项,即:一、被告人…: as many items as are named belong to it
            if _THAT_IS.search(self.text, max(0, word.start() - 8), word.start()):
                named = _ITEMS.findall(
                    self.text, max(self.revoked, word.start() - _FAR), word.start()
                )
                self.quoted = sum(len(_NUMERAL.findall(each)) for each in named) - 1
                return
            if self.quoted > 0:
                self.quoted -= 1
                return
        self.mode = ""
        self.item = len(self.units)

    def _who(self, word: re.Match[str]) -> None:
        if "原告" in word[0] or "被害" in word[0] or "自诉人" in word[0]:
            return
        names, stop = names_at(self.text, word.end(), self.known)
        if not names:
            if self.text.startswith("犯", word.end()):
                # 被告人犯强奸罪: nobody is named, unless 对被告人 takes up one who was
                self.who, self.unit = self.who if self.mode else (), None
            return
        before = self.text[word.start() - 1 : word.start()]
        anew = not self.quoting or "上诉人" in word[0] or "原审" in word[0]
        past = (
            self.mode == "recall"
            and "缓刑" in self.text[self.revoked : min(word.start(), self.revoked + _FAR)]
        )
        if (self.mode in ("revoke", "recall") and before in "。;)" and anew) or (
            past and before in "。;),与"
        ):
            self.mode = ""
        self.who = names
        self.named.update(names)
        last = self.unit
        unit = self._begin(word.start(), stop)
        unit.operative = self.mode not in ("revoke", "recall")
        self.skip = stop
        charges, end = self._charges(stop) if len(names) == 1 else ([], stop)
        if charges and self.text.startswith("罪", end - 1) and charges_at(self.text, stop):
            # 被告人张三盗窃罪: 犯 is missing
            unit.charges, unit.stop, self.skip = charges, end, end
            return
        if last is None or last.dropped or last.prior:
            return
        if last.charges and not last.imposes and len(self.units) - 2 >= self.item:
            # 犯盗窃罪,判处被告人张三…
            unit.inherited = last.charges
            last.dropped = last.who == () or set(names) <= set(last.who)
        elif last.charges or last.inherited:
            unit.inherited = last.charges or last.inherited

    def _commit(self, word: re.Match[str]) -> None:
        charges, stop = self._charges(word.end())
        if not charges:
            return
        unit = self.unit
        prior = unit is not None and unit.prior and unit.stop == word.start()
        prior = prior or self.text[word.start() - 1 : word.start()] == "因"
        if unit is None or unit.charges or unit.imposes or unit.total or unit.dropped or unit.prior:
            start = word.start()
            bare = _BARE.search(self.text, max(0, start - 40), start)
            if bare is not None and self._is_name(bare[0], unit is None):
                self.who, start = (bare[0],), bare.start()
                if self.mode == "revoke" and not self.quoting:
                    self.mode = ""
            unit = self._begin(start, stop)
            unit.operative = self.mode not in ("revoke", "recall")
        unit.prior = prior
        unit.charges = charges
        unit.stop = self.skip = stop
        if self.mode and _PART.match(self.text, stop):
            unit.dropped = True  # 第一项中对被告人张三犯盗窃罪的量刑部分 imposes nothing
        if self.mode:
            self.quoting = True

    def _own(self, word: re.Match[str]) -> None:
        """被告人张三、李四犯盗窃罪,张三判处…;李四判处…: a punishment for one of them."""
        found = _CLAUSE.search(self.text, max(0, word.start() - 40), word.start())
        if found is None:
            return
        name = found[0] if found[0] in self.named else found[0].removeprefix("对")
        start = found.start()
        if name not in self.named or (
            start != self.began and self.text[start - 1 : start] not in ",。;:"
        ):
            return
        last = self.unit
        if last is not None and last.who == (name,) and not last.imposes:
            return
        if self.mode == "revoke" and not self.quoting and self.text[start - 1 : start] in "。;":
            self.mode = ""
        if last is not None and last.charges and not last.imposes:
            self.joint = last
        self.who = (name,)
        unit = self._begin(start, word.end())
        unit.operative = self.mode not in ("revoke", "recall")
        if last is not None and not (last.dropped or last.prior):
            unit.inherited = last.charges or last.inherited
        if self.joint is not None:
            # who gets nothing of his own keeps his charge
            self.joint.who = tuple(each for each in self.joint.who if each != name)
            self.joint.dropped = not self.joint.who

    def _is_name(self, text: str, first: bool) -> bool:
        """Whether what stands before 犯 without a role is a name. `first`: an item begins so."""
        if self.known is not None and self.known.fullmatch(text):
            return True
        return first and len(text) <= 4 and _NO_NAME.match(text) is None

    def _charges(self, at: int) -> tuple[list[tuple[str, str]], int]:
        found: dict[str, str] = {}
        stop = at
        while True:
            charges = charges_at(self.text, at)
            if not charges:
                break
            for each in charges:
                if len(found) < _CHARGES:
                    found.setdefault(each.name, self.text[each.start : each.stop])
            stop = charges[-1].stop
            more = _MORE.match(self.text, stop)
            assert more is not None
            at = more.end()
            if at == stop or self.text[at - 1] not in "、和及犯":
                break
        if found:
            stop += self.text.startswith("罪", stop)
            return list(found.items()), stop
        raw = _RAW.match(self.text, at)
        if raw is None:
            return [], at
        name = raw[0].removesuffix("罪")
        return [(name, name)], raw.end()

    # --- what else changes the meaning

    def _prior(self, word: re.Match[str]) -> None:
        self._begin(word.start(), word.end(), prior=True)

    def _sum(self, word: re.Match[str]) -> None:
        self._begin(word.start(), word.end(), sums=True)

    def _total(self, word: re.Match[str]) -> None:
        if self.mode == "recall":
            self.mode = ""
        unit = self._begin(word.start(), word.end(), total=True)
        unit.operative = self.mode != "revoke"

    def _revoke(self, word: re.Match[str]) -> None:
        ahead = self.text[word.end() : word.end() + 90]
        if (items := _ITEMS.search(ahead)) is not None and "即" in ahead[items.end() :]:
            ahead = ahead[: items.start()]  # a 缓刑 in what is quoted is not what is revoked
        self.mode = "recall" if re.search("缓刑|假释", ahead) else "revoke"
        self.quoting = False
        self.quoted = 0
        self.revoked = word.end()
        self.unit = None

    def _keep(self, word: re.Match[str]) -> None:
        self.mode = "keep"
        self.quoted = 0
        self.revoked = word.end()
        self.unit = None

    def _anew(self, word: re.Match[str]) -> None:
        charges = self.unit.charges if self.unit is not None else []
        self.mode = ""
        unit = self._begin(word.start(), word.end())
        unit.inherited = charges

    # --- penalties

    def _principal(self, word: re.Match[str], kind: PenaltyKind, terms: str | None) -> None:
        unit = self._current(word)
        if unit.dropped:
            return
        if unit.penalty is not None or len(unit.charges) > 1:
            between = self.text[max(unit.stop, word.start() - _NEAR) : word.start()]
            charges = charges_in_form(between) if "罪" in between else ()
            if not charges and unit.penalty is not None:
                return
            if unit.penalty is None:
                # 犯强奸罪、盗窃罪,强奸罪判处…
                unit.dropped = bool(charges)
        else:
            charges = ()
        if charges:
            operative = unit.operative
            unit = self._begin(word.start() - len(between), word.end())
            unit.operative = operative
            unit.charges = [(each.name, between[each.start : each.stop]) for each in charges]
        unit.penalty = kind
        unit.stop = word.end()
        if terms is not None:
            unit.terms = [possible_term(each) for each in re.split("[、,和]", terms)]

    def _fixed(self, word: re.Match[str]) -> None:
        before = self.text[max(0, word.start() - 12) : word.start()]
        if re.search("判处|执行|[^所]处$", before):
            self._principal(word, "有期徒刑", None)

    def _fixed_term(self, word: re.Match[str]) -> None:
        self._principal(word, "有期徒刑", word["fixed_term"])

    def _jail(self, word: re.Match[str]) -> None:
        before = self.text[max(0, word.start() - 12) : word.start()]
        if re.search("判处|执行|[^所]处$", before):
            self._principal(word, "拘役", None)

    def _jail_term(self, word: re.Match[str]) -> None:
        self._principal(word, "拘役", word["jail_term"])

    def _control_term(self, word: re.Match[str]) -> None:
        self._principal(word, "管制", word["control_term"])

    def _life(self, word: re.Match[str]) -> None:
        self._principal(word, "无期徒刑", None)

    def _death(self, word: re.Match[str]) -> None:
        self._principal(word, "死刑" if word["reprieve"] is None else "死刑缓期执行", None)

    def _probation(self, word: re.Match[str]) -> None:
        unit = self._current(word)
        if unit.probation is None and unit.penalty is not None:
            unit.probation = possible_term(word["probation"])[0]
            unit.stop = word.end()

    def _fine(self, word: re.Match[str]) -> None:
        if word[0] == "罚款" and not self.text.endswith("处", 0, word.start()):
            return
        # 罚金五千元, 处人民币五千元罚金
        amount = self.part.sum_after(word.end()) or self.part.sum_before(word.start())
        if amount is None:
            return
        unit = self._current(word)
        if not unit.fines:
            unit.fines = [amount, *self._more_sums(amount, len(unit.who) - 1)]
            amount = unit.fines[-1]
            unit.judged = self.text.endswith(("处", "处以"), max(0, word.start() - 4), word.start())
            unit.stop = max(amount.stop, word.end())

    def _more_sums(self, amount: Amount, most: int) -> Iterator[Amount]:
        """二千元 in 并处罚金三千元、二千元."""
        for _ in range(most):
            following = self.part.next_sum(amount.stop)
            if following is None or not _AND.fullmatch(self.text, amount.stop, following.start):
                return
            amount = following
            yield amount

    def _confiscation(self, word: re.Match[str]) -> None:
        unit = self._current(word)
        if unit.confiscation:
            return
        amount = self.part.sum_after(word.end())
        if amount is not None:
            unit.confiscation = self.text[amount.start : amount.stop]
            unit.stop = amount.stop
        else:
            unit.confiscation = word["taken"] or "部分"
            unit.stop = word.end()

    def _deprivation(self, word: re.Match[str]) -> None:
        unit = self._current(word)
        if unit.deprivation is None:
            said = word["deprivation"]
            unit.deprivation = -1 if said in ("终身", "终生") else possible_term(said)[0]
            unit.stop = word.end()

    def _expelled(self, word: re.Match[str]) -> None:
        unit = self._current(word)
        unit.expelled, unit.stop = True, word.end()

    def _exempt(self, word: re.Match[str]) -> None:
        self._own(word)
        unit = self._current(word)
        if not unit.imposes:
            unit.exempt, unit.stop = True, word.end()

    def _acquitted(self, word: re.Match[str]) -> None:
        unit = self._current(word)
        if not unit.imposes:
            unit.acquitted, unit.stop = True, word.end()

    def _end(self, word: re.Match[str]) -> None:
        if _PROBATION.search(self.text, max(0, word.start() - _NEAR), word.start("start")):
            return
        begin = self.days.get(word.start("start"))
        end = self.days.get(word.start("end"))
        if begin is None or end is None or end < begin:
            return
        unit = self.unit
        who = self.who if unit is None else unit.who
        those = set(who)
        for each in self.units[: -_MANY - 1 : -1]:
            imposed = each.penalty is not None and not (each.prior or each.dropped)
            if imposed and (not those or not those.isdisjoint(each.who)):
                if each.term_from is None:
                    each.term_from, each.term_to = begin, end
                return


_WHO = re.compile(roles_pattern())


def sentences(
    text: str, segments: Sequence[Segment] = (), parties: Sequence[PartyElements] = ()
) -> tuple[Sentence, ...]:
    """What the operative part of a judgment imposes, in its order: for each defendant one value
    per charge and one (`total`) for what is executed in all, if the text says it.

    What an appeal court revokes, and earlier sentences that are joined to the new one, are there
    with `operative` False. What it upholds without saying it is not there.

    There are at most 10,000 values, and of one punishment some 400; real judgments have far fewer.
    """
    known = [
        name for party in parties if "被告" in party.role for name in (party.name, *party.aliases)
    ]
    found: list[Sentence] = []
    for part in decision_parts(text, segments):
        for unit in _Reader(part, known).read():
            found.extend(islice(_values(unit, part), _ALL - len(found)))
    return tuple(found)


def _values(unit: _Unit, part: Part) -> Iterator[Sentence]:
    main = unit.total or unit.penalty is not None or unit.exempt or unit.judged
    charges = unit.charges or (unit.inherited if main else [])
    charges = charges[: max(1, _VALUES // max(1, len(unit.who)))]
    main = main or unit.acquitted
    if unit.dropped or not (unit.imposes or charges) or (unit.prior and not unit.imposes):
        return
    if not (charges or main):
        # 被告人张三的罚金已缴纳
        return
    begin, end = part.place(unit.start, unit.stop)
    fines: list[Amount | None] = []
    for fine in unit.fines:
        first, last = part.place(fine.start, fine.stop)
        fines.append(replace(fine, start=first, stop=last))
    if len(fines) < 2:
        fines = (fines or [None]) * max(1, len(unit.who))
    base = Sentence("", begin, end, operative=unit.operative and not unit.prior)
    for at, name in enumerate(unit.who or ("",)):
        months, days = None, 0
        if unit.terms:
            several = len(unit.terms) == len(unit.who)
            months, days = unit.terms[at if several else 0]
        whole = replace(
            base,
            defendant=name,
            total=unit.total,
            penalty=unit.penalty,
            months=months,
            days=days,
            probation=unit.probation,
            fine=fines[at] if at < len(fines) else None,
            confiscation=unit.confiscation,
            deprivation=unit.deprivation,
            expelled=unit.expelled,
            exempt=unit.exempt,
            acquitted=unit.acquitted,
            term_from=unit.term_from,
            term_to=unit.term_to,
        )
        if len(charges) == 1 and not unit.total:
            yield replace(whole, charge=charges[0][0], charge_text=charges[0][1])
            continue
        for charge, said in charges:
            yield replace(base, defendant=name, charge=charge, charge_text=said)
        if unit.imposes:
            yield replace(whole, total=unit.total or len(charges) > 1)

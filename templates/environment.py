"""The Jinja of templates: records by code or label, filters of an allow-list, and a budget.

Nothing of Python is to be had in a tag: attributes are those of records and of `loop`, calls those
of macros, `range` and `namespace`. What Jinja's own sandbox leaves to the memory and the clock is
counted here (`Run.spend`). Compiled templates are shared; what one filling needs is in `current`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.filters import FILTERS as BUILT_IN
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as BUILT_IN_TESTS
from jinja2.utils import Namespace, missing

from dossier.errors import DossierError

from .filters import FILTER_LABELS, FILTERS
from .marks import INNER, Bound, Deferred, used
from .run import Run, TemplateFault, current
from .views import Absent, ListView, Missing, RecordView

# code: (label, whether it takes what is absent as it is)
_TAKEN: dict[str, tuple[str, bool]] = {
    "default": ("默认", True), "length": ("个数", True), "first": ("首个", True),
    "last": ("末个", True), "join": ("连接", True), "list": ("列表", True),
    "sort": ("排序", True), "reverse": ("倒序", True), "unique": ("去重", True),
    "groupby": ("分组", True), "map": ("逐个", True), "select": ("挑选", True),
    "reject": ("排除", True), "selectattr": ("挑选项", True), "rejectattr": ("排除项", True),
    "sum": ("合计", True), "min": ("最小", True), "max": ("最大", True),
    "batch": ("分批", True), "slice": ("分栏", True), "round": ("舍入", False),
    "abs": ("绝对值", False), "int": ("整数", False), "string": ("文本", False),
    "trim": ("去空白", False), "upper": ("大写", False), "lower": ("小写", False),
    "replace": ("替换", False),
}  # fmt: skip
_TESTS = {
    "defined": "有值", "undefined": "无值", "none": "空", "odd": "奇数", "even": "偶数",
    "divisibleby": "整除", "eq": "等于", "equalto": "相等", "ne": "不等于", "lt": "小于",
    "le": "不大于", "gt": "大于", "ge": "不小于", "in": "属于", "true": "真", "false": "假",
    "string": "是文本", "number": "是数", "==": "", "!=": "", "<": "", "<=": "", ">": "", ">=": "",
}  # fmt: skip
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem",
     "nextitem", "cycle", "changed", "depth", "depth0"}
)  # fmt: skip
_LOOP_CALLS = frozenset({"cycle", "changed"})
_DAY = frozenset({"year", "month", "day", "hour", "minute"})
_LARGEST = 10**30
_LONGEST = 1_000_000

FILTER_NAMES: dict[str, str] = {code: label for code, (label, _) in _TAKEN.items()} | FILTER_LABELS
"""Every filter of a template: code to label."""
TEST_NAMES: dict[str, str] = dict(_TESTS)
"""Every test (`is …`): code to label; those without one are signs."""

# filters that give the records of a list back, and the place of the name of a field among their
# arguments: for the static reading of a template
NAMING_FILTERS = {"sort": 2, "unique": 1, "groupby": 0, "map": -1, "selectattr": 0,
                  "rejectattr": 0, "sum": 0, "min": 1, "max": 1, "join": 1}  # fmt: skip


class _TemplateContext(Context):
    """Names of the root are looked up when they are used, not when a template begins."""

    def resolve_or_missing(self, key: str) -> Any:
        if key in self.vars:
            return self.vars[key]
        if key in current.get().root:
            return Deferred(key)
        return self.parent.get(key, missing)


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    """Filters and tests by code and label; attributes, calls and operators within bounds."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    intercepted_unops = frozenset({"-", "+"})
    context_class = _TemplateContext

    def __init__(self) -> None:
        # optimized: constants would be reckoned while compiling, outside of every budget
        super().__init__(autoescape=True, undefined=StrictUndefined, optimized=False, cache_size=0)
        # comes before a paragraph's own line breaks, which are all spaces already
        self.keep_trailing_newline = True
        self.globals = {"range": _range, "namespace": Namespace}
        self.filters = dict(INNER)
        for code, (label, takes) in _TAKEN.items():
            guarded = _guarded(label, BUILT_IN[code], takes)
            self.filters |= {code: guarded, label: guarded}
        for code, function in FILTERS.items():
            guarded = _guarded(FILTER_LABELS[code], function, True)
            self.filters |= {code: guarded, FILTER_LABELS[code]: guarded}
        self.tests = {}
        for code, label in _TESTS.items():
            self.tests[code] = BUILT_IN_TESTS[code]
            if label:
                self.tests[label] = BUILT_IN_TESTS[code]

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        current.get().spend(1)
        obj, argument = used(obj), used(argument)
        if isinstance(argument, str):
            return _named(obj, argument)
        if isinstance(argument, int | slice) and isinstance(obj, ListView | list | tuple | str):
            try:
                return obj[argument]
            except IndexError:
                return Absent(str(argument))
        if isinstance(obj, Undefined):
            return obj[argument]
        raise TemplateFault(f"{_shown(obj)} has nothing under [{_shown(argument)}]")

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(obj, Undefined):
            raise TemplateFault(f"{obj._undefined_name} cannot be called")
        function = getattr(obj, "__func__", obj)
        known = isinstance(obj, Macro) or function in (_range, Namespace, *_loop_functions())
        if not known:
            raise TemplateFault(f"{_shown(obj)} cannot be called: use a filter (…|name)")
        run = current.get()
        run.spend(8)
        run.depth += 1
        try:
            if run.depth > run.budget.depth:
                raise TemplateFault(f"more than {run.budget.depth} calls in calls")
            if function is Namespace and any(name.startswith("_") for name in kwargs):
                raise TemplateFault("names of a namespace do not begin with _")
            return super().call(context, obj, *args, **kwargs)
        finally:
            run.depth -= 1

    def is_safe_callable(self, obj: Any) -> bool:
        return True  # `call` has looked already

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        for each in (left, right):
            if isinstance(each, Absent | Missing):
                return each
        numbers = all(isinstance(each, int | float | Decimal) for each in (left, right))
        if not numbers:
            return _joined(operator, left, right)
        if operator == "**" and (abs(right) > 64 or abs(left) > 1_000_000):
            raise TemplateFault("a power beyond bounds")
        if isinstance(left, float) != isinstance(right, float):
            left, right = Decimal(str(left)), Decimal(str(right))
        try:
            result = self.binop_table[operator](left, right)
        except (ArithmeticError, ValueError) as error:
            raise TemplateFault(f"{left} {operator} {right} cannot be reckoned") from error
        if isinstance(result, complex) or abs(result) > _LARGEST:
            raise TemplateFault("a number beyond bounds")
        return result

    def call_unop(self, context: Context, operator: str, arg: Any) -> Any:
        if isinstance(arg, Absent | Missing | int | float | Decimal):
            return super().call_unop(context, operator, arg)
        raise TemplateFault(f"{operator} wants a number, not {_shown(arg)}")


@lru_cache(maxsize=1)
def _loop_functions() -> tuple[Callable[..., Any], ...]:
    return tuple(getattr(LoopContext, name) for name in sorted(_LOOP_CALLS))


def _named(obj: Any, name: str) -> Any:
    if isinstance(obj, RecordView):
        return obj.child(name)
    if isinstance(obj, Undefined):
        if isinstance(obj, Absent | Missing):
            return obj
        raise TemplateFault(f"there is no {obj._undefined_name}")
    if isinstance(obj, LoopContext) and name in _LOOP:
        return used(getattr(obj, name))
    if isinstance(obj, Namespace) and not name.startswith("_") and hasattr(obj, name):
        return used(getattr(obj, name))
    if isinstance(obj, date) and name in _DAY and hasattr(obj, name):
        return getattr(obj, name)
    if isinstance(obj, Mapping) and name in obj:
        return obj[name]
    # the pairs of |groupby
    if isinstance(obj, tuple) and name in ("grouper", "list") and len(obj) == 2:
        return obj[name == "list"]
    return _none(obj, name)


def _none(obj: Any, name: str) -> Any:
    if isinstance(obj, ListView):
        raise TemplateFault(f"{obj.label} is a list: {name} is asked of each of it, in a for")
    raise TemplateFault(f"{_shown(obj)} has no {name}")


def _range(*args: int) -> Sequence[int]:
    numbers = range(*args)
    limit = current.get().budget.items
    if len(numbers) > limit:
        raise TemplateFault(f"range of more than {limit:,} numbers")
    current.get().spend(len(numbers))
    return numbers


def _joined(operator: str, left: Any, right: Any) -> Any:
    run = current.get()
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        run.spend(1, len(left) + len(right))
        return left + right
    if operator == "+" and isinstance(left, list | tuple | ListView):
        made = [*left, *right] if isinstance(right, list | tuple | ListView) else None
        if made is not None and len(made) <= run.budget.items:
            run.spend(len(made), len(made))
            return made
        raise TemplateFault("a list beyond bounds")
    if operator == "-" and isinstance(left, date) and isinstance(right, date):
        return (left - right).days
    if operator == "*" and isinstance(left, str) and isinstance(right, int):
        if len(left) * right > 10_000:
            raise TemplateFault("text repeated beyond bounds")
        run.spend(1, len(left) * max(0, right))
        return left * right
    raise TemplateFault(f"{_shown(left)} {operator} {_shown(right)} means nothing")


def _guarded(label: str, function: Callable[..., Any], takes: bool) -> Callable[..., Any]:
    """A filter that pays for what it takes and gives; what it cannot write is a gap of the field
    it was given."""
    first = 1 if getattr(function, "jinja_pass_arg", None) is not None else 0

    @wraps(function)
    def filter_(*args: Any, **kwargs: Any) -> Any:
        run = current.get()
        value = args[first]
        if not takes and isinstance(value, Undefined):
            return value
        for each in args[first:]:
            size = len(each) if isinstance(each, str | list | tuple) else 1
            run.spend(2, size)
            if each is not value and isinstance(each, int) and abs(each) > _LONGEST:
                raise TemplateFault(f"{label} with {each}")
        try:
            _check_replaced(label, args[first:])
            result = function(*args, **kwargs)
        except TemplateFault:
            raise
        except (DossierError, TypeError, ValueError, ArithmeticError, LookupError,
                AttributeError) as error:  # fmt: skip
            return unfit(run, value, error, label)
        if isinstance(result, str | list | tuple):
            run.spend(1, len(result))
        return result

    return filter_


def _check_replaced(label: str, args: Sequence[Any]) -> None:
    if label == "替换" and len(args) > 2 and isinstance(args[0], str):
        old, new = str(args[1]), str(args[2])
        if (args[0].count(old) if old else len(args[0])) * len(new) > _LONGEST:
            raise TemplateFault("text replaced beyond bounds")


def unfit(run: Run, value: Any, error: Exception, label: str) -> Any:
    """A value that a filter cannot write: a gap, if it is one of the case."""
    what = error.what if isinstance(error, DossierError) else f"the filter {label}: {error}"
    if isinstance(value, Undefined):
        return value
    for read in reversed(run.reads):
        same = read.value is value or read.value == value
        if same or (isinstance(value, ListView) and read.label.startswith(value.label)):
            run.lacks_again(read, what)
            return Missing(read.label.rpartition("·")[2])
    raise TemplateFault(what) from error


def _shown(value: Any) -> str:
    if isinstance(value, RecordView | ListView):
        return value.label
    if isinstance(value, Bound):
        return _shown(value.value)
    if isinstance(value, str | int | float | Decimal | date):
        return f"“{str(value)[:40]}”"
    return f"a {type(value).__name__}"

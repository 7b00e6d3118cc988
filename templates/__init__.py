"""Documents from templates: Word files with Jinja tags, filled from the fields of a case."""

from .card import Card, load_card
from .fields import Field, Schema, schema
from .values import Filled, Gap, Leaf, Node, Rendered

__all__ = ["Card", "Field", "Filled", "Gap", "Leaf", "Node", "Rendered", "Schema", "load_card", "schema"]

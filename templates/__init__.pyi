"""Documents from templates: Word files with Jinja tags, filled from the fields of a case.

Pure: values in, Word file out; nothing here knows of archives.
"""

from . import fields
from .analysis import TemplateProblem
from .card import Card, load_card
from .checking import check_template
from .fields import Field, Schema, schema
from .library import Library
from .pdf import write_pdf
from .preview import html_preview, plain_text
from .skeleton import new_template
from .template import Template
from .values import Filled, Gap, Leaf, Node, Rendered

__all__ = [
    "Card",
    "Field",
    "Filled",
    "Gap",
    "Leaf",
    "Library",
    "Node",
    "Rendered",
    "Schema",
    "Template",
    "TemplateProblem",
    "check_template",
    "fields",
    "html_preview",
    "load_card",
    "new_template",
    "plain_text",
    "schema",
    "write_pdf",
]

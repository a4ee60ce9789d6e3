"""Settings of the documentation's site; `scripts/docs` builds it. Nothing here asks for anything outside this repository."""

from __future__ import annotations

import sys
from pathlib import Path

_HERE = Path(__file__).parent
sys.path.insert(0, str(_HERE))  # generator/error_pages.py
sys.path.insert(0, str(_HERE.parent))

from near_harness.version import __version__  # noqa: E402 - the two lines above are what it needs

project = "near-harness"
author = "the near-harness authors"
copyright = author  # noqa: A001 - Sphinx's name for it
release = version = __version__

extensions = [
    "myst_parser", "sphinx.ext.autodoc", "generator.async_methods", "generator.error_pages", "generator.module_pages",
    "generator.option_page",
]  # fmt: skip
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}  # the pages that are generated are .rst, as docstrings are
exclude_patterns = ["generator"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

# A name in a docstring that leads nowhere is an error, as all warnings are; other packages' names are none of ours to link.
suppress_warnings = ["ref.python"]  # an annotation may name one of two classes of the same name
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!near_harness\.).*"), ("py:.*", r"(.*\.)?_.*")]

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100
add_module_names = False
smartquotes_action = "qe"  # not "D": two dashes are the beginning of an option
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "near-harness"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["generator/static"]
html_css_files = ["near-harness.css"]
templates_path = ["generator/templates"]

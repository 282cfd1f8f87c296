# SPDX-License-Identifier: LGPL-2.1-or-later
"""A run becomes a definition in its runtime's language, by the site's Jinja2 templates.

parameters.py   all that a template may print     metadata.py   what a build's metadata.json lists
placeholders.py `{name}` in a param's text        template.py   the template language, sandboxed
architectures.py one architecture, many names     places.py     where in the templates an error is
definitions.py  the whole, for one runtime
"""

from planner.runtimes.definition.definitions import Definitions

__all__ = ["Definitions"]

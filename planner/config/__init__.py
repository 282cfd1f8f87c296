# SPDX-License-Identifier: LGPL-2.1-or-later
"""Configuration: KernelCI's YAML and our own keys in, a catalog of frozen nouns out.

`load_catalog` reads, `check_catalog` finds what does not fit together, `load_policy` and
`read_capacity` bring what a plan needs besides, `json_schema` describes the files to editors.
`matches` says which platforms an entry's criteria mean, `variant_value` in what places differ.
"""

from planner.config.capacity import read_capacity
from planner.config.catalog import load_catalog
from planner.config.checks import check_catalog
from planner.config.criteria import matches, value_of
from planner.config.places import places_of, variant_value
from planner.config.policies import load_policy
from planner.config.schema import json_schema, policy_schema

__all__ = [
    "check_catalog",
    "json_schema",
    "load_catalog",
    "load_policy",
    "matches",
    "places_of",
    "policy_schema",
    "read_capacity",
    "value_of",
    "variant_value",
]

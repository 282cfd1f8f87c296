# SPDX-License-Identifier: LGPL-2.1-or-later
"""`kci-planner schema`: the JSON Schema of the configuration, for editors."""

import json

import click


@click.command("schema")
@click.option(
    "--of",
    "subject",
    type=click.Choice(["config", "policy"]),
    default="config",
    show_default=True,
    help="Which kind of file the schema is for.",
)
def command(subject: str) -> None:
    """Print the JSON Schema of configuration files or of policy files."""
    from planner.config import json_schema, policy_schema

    schema = json_schema() if subject == "config" else policy_schema()
    click.echo(json.dumps(schema, indent=2))

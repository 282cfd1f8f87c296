# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fills an empty LAVA database; run by Debian's Python as LAVA's user, told what by stdin.

{"users": {name: token}, "workers": {name: file for its token},
"types": {name: {"worker": …, "dictionary": …, "health": ["GOOD", "MAINTENANCE", …]}}}
"""

import json
import sys
from pathlib import Path

import django
from django.conf import settings

# Without these LAVA finds a device invalid, and calls it Bad.
BOARD = """\
{% extends 'base-uboot.jinja2' %}
{% set console_device = console_device | default('ttyS0') %}
{% set baud_rate = baud_rate | default(115200) %}
{% set bootloader_prompt = bootloader_prompt | default('=>') %}
"""
PARTS = {"kernel": "0x40000000", "ramdisk": "0x50000000", "dtb": "0x4f000000"}
ADDRESSES = "".join(
    f"{{% set {kind}_{part}_addr = '{address}' %}}\n"
    for kind in ("booti", "bootm", "bootz")
    for part, address in PARTS.items()
)


def main() -> None:
    """Make users with tokens, workers, device types and their devices."""
    django.setup()
    from django.contrib.auth.models import User
    from lava_scheduler_app.models import Device, DeviceType, Worker
    from linaro_django_xmlrpc.models import AuthToken

    wanted = json.load(sys.stdin)
    for name, token in wanted["users"].items():
        user, _ = User.objects.get_or_create(username=name)
        AuthToken.objects.get_or_create(secret=token, defaults={"user": user})
    workers = {}
    for name, file in wanted["workers"].items():
        workers[name], _ = Worker.objects.get_or_create(hostname=name)
        Path(file).write_text(workers[name].token)
    for name, kind in wanted["types"].items():
        _make_template(name)
        made, _ = DeviceType.objects.get_or_create(
            name=name, defaults={"disable_health_check": True}
        )
        for number, health in enumerate(kind["health"], 1):
            host = f"{name}-{number:02d}"
            Device.objects.get_or_create(
                hostname=host,
                defaults={
                    "device_type": made,
                    "state": Device.STATE_IDLE,
                    "health": Device.HEALTH_REVERSE[health],
                    "worker_host": workers[kind["worker"]],
                },
            )
            dictionary = Path(settings.DEVICES_PATH) / f"{host}.jinja2"
            dictionary.write_text(kind["dictionary"].replace("TYPE", name))


def _make_template(name: str) -> None:
    """Have a template for a device type that Debian's LAVA does not know."""
    places = [Path(folder) / f"{name}.jinja2" for folder in settings.DEVICE_TYPES_PATHS]
    if not any(place.exists() for place in places):
        places[0].write_text(BOARD + ADDRESSES)


main()

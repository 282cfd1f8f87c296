# SPDX-License-Identifier: LGPL-2.1-or-later
"""What others call a kernel architecture: Buildroot, ChromeOS, Debian, the kernel's own folders."""

_NAMES: dict[str, dict[str, str]] = {
    "brarch": {"arm": "armel", "i386": "x86", "x86_64": "x86"},
    "crosarch": {"x86_64": "amd64"},
    "debarch": {"arm": "armhf", "riscv": "riscv64", "x86_64": "amd64"},
    "karch": {"i386": "x86", "x86_64": "x86"},
}


def architectures(arch: str) -> dict[str, str]:
    """Return `brarch`, `crosarch`, `debarch` and `karch` for an architecture.

    One that has no other name there keeps its own.
    """
    return {system: names.get(arch, arch) for system, names in _NAMES.items()}

# SPDX-License-Identifier: LGPL-2.1-or-later
"""A kernel of Debian's and a root of busybox: what a real qemu job boots."""

import gzip
import subprocess
import tempfile
from pathlib import Path

from tests.systems.lava.packages import ENVIRONMENT, UnavailableError

INIT = """\
#!/bin/sh
/bin/busybox mkdir -p /proc /sys /dev /tmp /root
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin HOME=/root PS1='/ # '
exec setsid sh -c 'exec sh </dev/ttyS0 >/dev/ttyS0 2>&1'
"""


def make_assets(folder: Path) -> tuple[Path, Path]:
    """Return a kernel and a compressed root for it, made of Debian's packages.

    Raises:
        UnavailableError: if they cannot be had here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kernel, root = folder / "bzImage", folder / "rootfs.cpio.gz"
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        work.chmod(0o755)
        image = _run(["apt-cache", "depends", "linux-image-cloud-amd64"], work).split("Depends: ")
        name = next((part.split()[0] for part in image[1:] if part.startswith("linux-")), None)
        if name is None:
            raise UnavailableError("there is no linux-image-cloud-amd64")
        _run(["apt-get", "download", "-q", name, "busybox-static"], work)
        for package in work.glob("*.deb"):
            _run(["dpkg-deb", "-x", str(package), "unpacked"], work)
        kernel.write_bytes(next((work / "unpacked/boot").glob("vmlinuz-*")).read_bytes())
        tree = work / "root"
        (tree / "bin").mkdir(parents=True)
        busybox = tree / "bin/busybox"
        busybox.write_bytes((work / "unpacked/bin/busybox").read_bytes())
        busybox.chmod(0o755)
        (tree / "bin/sh").symlink_to("busybox")
        (tree / "init").write_text(INIT)
        (tree / "init").chmod(0o755)
        names = "\n".join(str(path.relative_to(tree)) for path in sorted(tree.rglob("*")))
        packed = subprocess.run(
            ["/usr/bin/cpio", "-o", "-H", "newc", "--quiet"],
            cwd=tree,
            input=names.encode(),
            capture_output=True,
            check=True,
            env=ENVIRONMENT,
        ).stdout
        root.write_bytes(gzip.compress(packed))
    return kernel, root


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT
    )
    if done.returncode:
        raise UnavailableError(f"{' '.join(command)}: {done.stderr[-500:]}")
    return done.stdout

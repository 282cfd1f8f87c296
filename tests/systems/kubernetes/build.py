# SPDX-License-Identifier: LGPL-2.1-or-later
"""Builds Kubernetes' control plane on Debian 12, out of its source package.

Debian ships no binary of it, but all of its source, and the compiler. Nothing is installed: all
packages are unpacked into a scratch folder, and what was built is kept in a cache.

    python -m tests.systems.kubernetes.build      # prints the folder of the binaries
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

VERSION = "1.20.2"
PACKAGE = f"kubernetes=1.20.5+really{VERSION}-1.1+deb12u1"
NEEDED = ("golang-1.19-go", "golang-1.19-src", "golang-github-modern-go-reflect2-dev")
SERVERS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
BINARIES = ("etcd", *SERVERS)

_TARGETS = "$(SITE)|$(RELEASE)|$(COMPONENT)|$(SIGNED_BY)"
_VENDOR = "k8s.io/kubernetes/vendor/k8s.io"
_STAGING = "k8s.io/kubernetes/staging/src/k8s.io"
_MACHINERY = ("pkg/apis/meta/v1", "pkg/runtime", "pkg/version")


class CannotBuildError(Exception):
    """The servers cannot be had on this machine; the text says why."""


def cache() -> Path:
    """Return where the binaries are kept."""
    default = Path.home() / ".cache"
    base = Path(os.environ.get("XDG_CACHE_HOME") or default)
    return base / "kci-planner" / f"kubernetes-{VERSION}"


def is_built(folder: Path) -> bool:
    """Tell whether all binaries are there."""
    return all(os.access(folder / name, os.X_OK) for name in BINARIES)


def build(folder: Path) -> None:
    """Build the binaries into `folder` unless they are there; the scratch goes away again.

    Raises:
        CannotBuildError: if this machine cannot.
    """
    if is_built(folder):
        return
    for tool in ("apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise CannotBuildError(f"there is no {tool}: this takes a Debian 12")
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kubernetes-build-", dir=folder.parent) as scratch:
        work = _Work(Path(scratch))
        for step in (work.download, work.unpack, work.generate, work.compile):
            step()
            click.echo(f"{step.__name__}: done after {time.monotonic() - began:.0f} s", err=True)
        for name in BINARIES:
            shutil.move(work.built / name, folder / name)


class _Work:
    """The scratch folder, and the steps that fill it."""

    def __init__(self, root: Path) -> None:
        self.packages, self.unpacked = root / "packages", root / "root"
        self.apt, self.built = root / "apt", root / "built"
        self.source = root / "go/src/k8s.io/kubernetes"
        self.generator = root / "openapi-gen"
        for folder in (self.packages, self.unpacked, self.built, self.source, root / "tmp"):
            folder.mkdir(parents=True)
        compiler = self.unpacked / "usr/lib/go-1.19"
        # GOPATH mode: in module mode this compiler asks for changes to go.mod.
        self.environment = os.environ | {
            "GOROOT": str(compiler),
            "GOPATH": str(root / "go"),
            "GOCACHE": str(root / "cache"),
            "GOTMPDIR": str(root / "tmp"),
            "GO111MODULE": "off",
            "GOPROXY": "off",
            "GOFLAGS": "",
            "CGO_ENABLED": "0",
            "PATH": f"{compiler / 'bin'}:{os.environ.get('PATH', '')}",
        }

    def download(self) -> None:
        """Fetch the packages with an apt of its own, which has the source lists as well."""
        for folder in ("lists/partial", "cache/archives/partial", "sources.d"):
            (self.apt / folder).mkdir(parents=True)
        (self.apt / "sources.d/debian.list").write_text("".join(_sources()))
        (self.apt / "conf").write_text(
            f'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "{self.apt}/sources.d";\n'
            f'Dir::State::lists "{self.apt}/lists";\nDir::Cache "{self.apt}/cache";\n'
            'APT::Sandbox::User "root";\nAcquire::Languages "none";\nAcquire::Retries "3";\n'
        )
        environment = os.environ | {"APT_CONFIG": str(self.apt / "conf")}
        _run(["apt-get", "-qq", "update"], self.packages, environment)
        _run(["apt-get", "-qq", "download", *NEEDED, "etcd-server"], self.packages, environment)
        fetch = ["apt-get", "-qq", "source", "--download-only", PACKAGE]
        _run(fetch, self.packages, environment)

    def unpack(self) -> None:
        """Lay out compiler, database and source."""
        for package in sorted(self.packages.glob("*.deb")):
            _run(["dpkg", "-x", str(package), str(self.unpacked)], self.packages)
        shutil.copy(self.unpacked / "usr/bin/etcd", self.built)
        (archive,) = self.packages.glob("kubernetes_*.orig.tar.gz")
        _run(["tar", "xzf", str(archive), "--strip-components=1"], self.source)
        # The vendored reflect2 is older than this compiler supports; Debian has the one after.
        newer = self.unpacked / "usr/share/gocode/src/github.com/modern-go/reflect2"
        vendored = self.source / "vendor/github.com/modern-go/reflect2"
        shutil.rmtree(vendored)
        shutil.copytree(newer, vendored)

    def generate(self) -> None:
        """Make the one kind of file that the source package lacks: the OpenAPI definitions."""
        tool = "./vendor/k8s.io/kube-openapi/cmd/openapi-gen"
        self._go("build", "-o", str(self.generator), tool)
        machinery = [f"{_VENDOR}/apimachinery/{name}" for name in _MACHINERY]
        aggregation = "kube-aggregator/pkg/apis/apiregistration"
        extensions = "apiextensions-apiserver/pkg/apis/apiextensions"
        self._definitions(self._marked(), "k8s.io/kubernetes/pkg/generated/openapi")
        for own, into, more in (
            (aggregation, "kube-aggregator", ()),
            (extensions, "apiextensions-apiserver", (f"{_VENDOR}/api/autoscaling/v1",)),
        ):
            versions = [f"{_VENDOR}/{own}/{version}" for version in ("v1", "v1beta1")]
            into = f"{_STAGING}/{into}/pkg/generated/openapi"
            self._definitions([*machinery, *versions, *more], into)

    def compile(self) -> None:
        """Compile the servers, which are told their version."""
        major, minor, _ = VERSION.split(".")
        facts = {"gitVersion": f"v{VERSION}", "gitMajor": major, "gitMinor": minor}
        flags = ["-s", "-w"]
        for package in ("component-base/version", "client-go/pkg/version"):
            flags += [f"-X {_VENDOR}/{package}.{key}={value}" for key, value in facts.items()]
        commands = [f"./cmd/{name}" for name in SERVERS]
        self._go("build", "-ldflags", " ".join(flags), "-o", f"{self.built}/", *commands)

    def _marked(self) -> list[str]:
        """Return the packages that ask for definitions."""
        packages = set()
        for tree in ("staging/src", "pkg"):
            for path in (self.source / tree).rglob("*.go"):
                if "+k8s:openapi-gen=" in path.read_text("utf-8", "replace"):
                    package = path.parent.relative_to(self.source).as_posix()
                    packages.add(re.sub("^staging/src/", "vendor/", package))
        left_out = re.compile("/code-generator/|/sample-apiserver/|_examples|pkg/generated")
        return sorted(f"k8s.io/kubernetes/{name}" for name in packages if not left_out.search(name))

    def _definitions(self, packages: Sequence[str], into: str) -> None:
        header = "hack/boilerplate/boilerplate.generatego.txt"
        options = ["-O", "zz_generated.openapi", "-h", header, "-r", os.devnull]
        command = [str(self.generator), *options, "-i", ",".join(packages), "-p", into]
        _run(command, self.source, self.environment)

    def _go(self, *arguments: str) -> None:
        go = str(Path(self.environment["GOROOT"]) / "bin/go")
        _run([go, *arguments], self.source, self.environment)


def _sources() -> list[str]:
    """Return this machine's Debian 12 sources, each also as one for source packages."""
    command = ["apt-get", "indextargets", "--format", _TARGETS, "Created-By: Packages"]
    lines = set()
    for target in _run(command, Path("/")).splitlines():
        site, release, component, signed = target.split("|")
        if release.startswith("bookworm"):
            option = "" if signed.startswith("$") or not signed else f" [signed-by={signed}]"
            lines |= {
                f"{kind}{option} {site} {release} {component}\n" for kind in ("deb", "deb-src")
            }
    if not lines:
        raise CannotBuildError("this machine has no sources of Debian 12 (bookworm)")
    return sorted(lines)


def _run(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-2000:]
        raise CannotBuildError(f"{' '.join(command)[:200]}: {said}")
    return done.stdout


if __name__ == "__main__":
    try:
        build(cache())
    except CannotBuildError as error:
        click.echo(f"Kubernetes cannot be built here, and its tests skip: {error}", err=True)
    else:
        click.echo(cache())

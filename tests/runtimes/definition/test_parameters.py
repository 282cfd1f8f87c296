# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a template finds: KernelCI's parameters, the later ones over the earlier ones."""

from typing import Any

import pytest
import yaml

from planner.runtimes import DefinitionError
from tests.runtimes.definition.conftest import SITE, Bench

RICH = """\
api: {main: {url: 'https://api.example', version: latest}}
storage: {disk: {base_url: 'https://files.example/'}}
rootfs:
  small: {ramdisk: 'https://files.example/{brarch}/rootfs.cpio.gz', nfsroot: from-rootfs}
fragments: {rt: {path: rt.config, configs: [CONFIG_PREEMPT_RT=y]}}
jobs:
  boot:
    kind: job
    template: boot.jinja2
    image: 'ghcr.io/site/{image_prefix}runner:{karch}'
    params: {level: from-job, rootfs_ref: small, nfsroot: from-job, fragments: [rt, CONFIG_SMP=n],
             place: '{mach}/{boot_method}/{krev}/{level}/{unknown}', deep: [{x: '{debarch}'}]}
platforms:
  rock: {arch: x86_64, base_name: rocks, boot_method: grub, mach: intel, compatible: a,
         context: {cpu: max}, params: {level: from-platform, own: 1}}
runtimes:
  lab: {lab_type: lava, url: 'https://lab.example/'}
planner:
  templates: [templates]
  storage: disk
  image_prefix: staging-
  events: {api: main}
"""


def ask(bench: Bench, *names: str, site: str = RICH, **more: Any) -> list[Any]:
    """Return what the parameters of these names hold."""
    template = "{{ kci_yaml_dump([" + ", ".join(names) + "]) }}"
    told = yaml.safe_load(bench.text(template, site=site, **more))
    assert isinstance(told, list)
    return told


def test_the_run_and_its_place(bench: Bench) -> None:
    """Name, runtime type, the lab's device type, and the run's node with its build's artifacts."""
    assert ask(bench, "name", "runtime", "device_type", "node.id", "node.artifacts.kernel") == [
        "boot",
        "lava",
        "rocks",
        "77aa68219c542cabd097ad81",
        "https://files.example/Image",
    ]


def test_the_site(bench: Bench) -> None:
    """API and storage come with their names, the instance from KernelCI's environment."""
    bench.environment = {"KCI_INSTANCE": "prod", "KCI_INSTANCE_CALLBACK": "https://back.example"}
    assert ask(bench, "api_config", "storage_config", "instanceid", "instance_callback") == [
        {"name": "main", "url": "https://api.example", "version": "latest"},
        {"name": "disk", "base_url": "https://files.example/"},
        "prod",
        "https://back.example",
    ]


def test_the_platform(bench: Bench) -> None:
    """A platform has all its attributes, the defaults filled in."""
    keys = ["name", "arch", "base_name", "boot_method", "mach", "compatible", "context", "dtb"]
    assert ask(bench, *(f"platform_config.{key}" for key in keys)) == [
        "rock",
        "x86_64",
        "rocks",
        "grub",
        "intel",
        ["a"],
        {"cpu": "max"},
        None,
    ]


def test_later_params_count(bench: Bench) -> None:
    """A job's params go over the platform's, and a job's own over those of its rootfs."""
    assert ask(bench, "level", "own", "nfsroot") == ["from-job", 1, "from-job"]


def test_references(bench: Bench) -> None:
    """`rootfs_ref` gives way to what it names, `fragments` keep their names beside the options."""
    told = ask(bench, "rootfs_ref is defined", "ramdisk", "fragments", "fragment_configs")
    assert told == [
        False,
        "https://files.example/x86/rootfs.cpio.gz",
        ["rt", "CONFIG_SMP=n"],
        {"rt": {"path": "rt.config", "configs": ["CONFIG_PREEMPT_RT=y"]}},
    ]


def test_an_unknown_rootfs_is_the_configurations_fault(bench: Bench) -> None:
    """A rootfs that nobody defines makes no definition."""
    with pytest.raises(DefinitionError, match="'large'") as error:
        ask(bench, "name", site=RICH.replace("rootfs_ref: small", "rootfs_ref: large"))
    assert error.value.code == "invalid_job_params"


def test_placeholders(bench: Bench) -> None:
    """They are filled at any depth of params and in the image; unknown ones stay."""
    assert ask(bench, "place", "deep", "runtime_image") == [
        "intel/grub/6.16/from-job/{unknown}",
        [{"x": "amd64"}],
        "ghcr.io/site/staging-runner:x86",
    ]


def test_a_node_has_no_placeholders(bench: Bench) -> None:
    """Curly braces in a commit message are what they are."""
    (message,) = ask(bench, "node.data.kernel_revision.commit_message")
    assert message == "a message with {curly} braces"


@pytest.mark.parametrize(
    ("arch", "names"),
    [
        ("arm64", ["arm64", "arm64", "arm64", "arm64"]),
        ("arm", ["armel", "arm", "armhf", "arm"]),
        ("x86_64", ["x86", "amd64", "amd64", "x86"]),
        ("i386", ["x86", "i386", "i386", "x86"]),
        ("riscv", ["riscv", "riscv", "riscv64", "riscv"]),
        ("strange", ["strange", "strange", "strange", "strange"]),
    ],
)
def test_architectures(bench: Bench, arch: str, names: list[str]) -> None:
    """Each system's name for the platform's architecture."""
    site = SITE.replace("arch: arm64", f"arch: {arch}")
    assert ask(bench, "brarch", "crosarch", "debarch", "karch", site=site) == names


def test_a_jobs_arch_counts_before_the_platforms(bench: Bench) -> None:
    """A build names the architecture that it builds for in its params."""
    site = RICH.replace("level: from-job,", "level: from-job, arch: arm,")
    assert ask(bench, "debarch", site=site) == ["armhf"]


DTB = SITE.replace("mach: rockchip", "dtb: [dtbs/b.dtb, dtbs/a.dtb]")


def test_the_first_device_tree_that_was_built(bench: Bench) -> None:
    """Of those that a platform lists, the first in metadata.json counts."""
    bench.built = {"dtbs/a.dtb": "https://files.example/a.dtb", "config": "x"}
    assert ask(bench, "device_dtb", "node.artifacts.dtb", site=DTB) == [
        "dtbs/a.dtb",
        "https://files.example/a.dtb",
    ]
    assert bench.asked == ["https://files.example/metadata.json"]


def test_no_device_tree_was_built(bench: Bench) -> None:
    """A build without any of the platform's device trees cannot run there."""
    with pytest.raises(DefinitionError, match=r"dtbs/b\.dtb, dtbs/a\.dtb") as error:
        ask(bench, "name", site=DTB)
    assert error.value.code == "invalid_job_params"


def test_nobody_asks_for_metadata_without_a_device_tree(bench: Bench) -> None:
    """A platform without `dtb` costs no request."""
    ask(bench, "name")
    assert bench.asked == []

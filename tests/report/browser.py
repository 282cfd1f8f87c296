# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real browser: pages in frames of any width, a script that acts on them, what it saw."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
HEIGHT = 900

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
_LIMIT = 60  # seconds for one start of the browser, which takes one or two

# The page around the frames. The browser leaves once all is loaded, so the picture at its end,
# which the server holds back, keeps it here until the script has said what it saw.
_HARNESS = """\
<!doctype html><body style="margin: 0">{frames}
<script>
const errors = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const all = [...document.querySelectorAll("iframe")];
const loaded = all.map((frame) => new Promise((done) => {{
  frame.onload = done;
  frame.src = frame.dataset.page;
}}));
const act = async (pages, input) => {{ {script} }};
Promise.all(loaded).then(async () => {{
  const pages = all.map((frame) => frame.contentWindow);
  for (const page of pages) page.addEventListener("error", (e) => errors.push(e.message));
  const seen = await act(pages, {input}).catch((error) => {{ errors.push(String(error)); }});
  fetch("/seen", {{ method: "POST", body: JSON.stringify({{ seen, errors }}) }});
}});
</script>
<img src="/held" alt="">"""
_SCRIPTS = Path(__file__).parent / "scripts"


def program() -> str | None:
    """Return the path of the browser on this machine, None without one."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@dataclass
class Browser:
    """Runs a browser on pages that are served from `folder` to this machine only.

    `asked` are the paths that it asked the server for; without `scripts` those of the pages do
    not run.
    """

    program: str
    folder: Path
    scripts: bool = True
    asked: list[str] = field(default_factory=list)

    def look(
        self, pages: Mapping[str, tuple[str, int]], script: str, given: Any = None, *, dark: bool
    ) -> Any:
        """Return what a script of `scripts/` saw in `pages`, each by name, in a frame of its width.

        The script has the frames' windows in `pages`, what it is `given` in `input`, and can
        `await sleep(ms)`. Errors in the pages or the script fail the test.
        """
        result = self._run(pages, script, given, dark, "--dump-dom")
        assert result["errors"] == []
        return result["seen"]

    def photograph(self, pages: Mapping[str, tuple[str, int]], *, dark: bool) -> bytes:
        """Return a picture (PNG) of the tops of `pages`, side by side in frames of their widths."""
        picture = self.folder / "picture.png"
        self._run(pages, "settle", None, dark, f"--screenshot={picture}")
        return picture.read_bytes()

    def _run(
        self,
        pages: Mapping[str, tuple[str, int]],
        script: str,
        given: Any,
        dark: bool,
        wanted: str,
    ) -> Any:
        """Return what the script said, after one run of the browser."""
        self._write(pages, (_SCRIPTS / f"{script}.js").read_text(), given)
        flags = [
            f"--user-data-dir={self.folder / 'profile'}",
            f"--window-size={sum(width for _, width in pages.values())},{HEIGHT}",
            # 0 is dark and 1 is light.
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
        ]
        with self._serving() as (address, said):
            command = [self.program, *_FLAGS, *flags, wanted, address]
            subprocess.run(command, capture_output=True, timeout=_LIMIT, check=True)
        assert said, "the script did not get to its end"
        return json.loads(said[0])

    def _write(self, pages: Mapping[str, tuple[str, int]], script: str, given: Any) -> None:
        frames = ""
        sandbox = "" if self.scripts else 'sandbox="allow-same-origin" '
        for name, (page, width) in pages.items():
            (self.folder / f"{name}.html").write_text(page, encoding="utf-8")
            style = f"width:{width}px;height:{HEIGHT}px;border:0;float:left"
            frames += f'<iframe {sandbox}data-page="{name}.html" style="{style}"></iframe>'
        harness = _HARNESS.format(frames=frames, script=script, input=json.dumps(given))
        (self.folder / "index.html").write_text(harness)

    @contextmanager
    def _serving(self) -> Iterator[tuple[str, list[bytes]]]:
        """Give the address of a server, and what will have been posted to it."""
        asked, folder = self.asked, str(self.folder)
        said: list[bytes] = []
        over = Event()

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: Any) -> None:
                super().__init__(*args, directory=folder)

            def do_GET(self) -> None:
                if self.path == "/held":
                    over.wait(_LIMIT)
                    self.send_error(404)
                else:
                    asked.append(self.path)
                    super().do_GET()

            def do_POST(self) -> None:
                said.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()
                over.set()

            def log_message(self, *_: Any) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/", said
            finally:
                over.set()
                server.shutdown()

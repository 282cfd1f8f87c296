# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the `metadata.json` of a build lists; it does not change, and is fetched once."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import requests

from planner.runtimes.errors import DefinitionError, NotSentError

# The URLs of a build's artifacts by their paths in it, for the URL of its metadata.json.
Artifacts = Callable[[str], Mapping[str, str]]

_TIMEOUT = (5.0, 20.0)  # seconds to connect, and between two pieces of the answer
_KEPT = 64  # builds
_LATER = {408, 425, 429}


@lru_cache(maxsize=_KEPT)
def read_artifacts(url: str) -> Mapping[str, str]:
    """Return the URLs of the artifacts that the `metadata.json` at `url` lists, by their paths.

    Raises:
        NotSentError: if the storage gives no answer now.
        DefinitionError: if there is no such file, or it is none.
    """
    try:
        reply = requests.get(url, timeout=_TIMEOUT)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise NotSentError(f"{url}: the storage does not answer now") from error
    except (requests.RequestException, ValueError) as error:
        raise DefinitionError(f"{url}: this is no URL: {error}", "invalid_job_params") from error
    if reply.status_code >= 500 or reply.status_code in _LATER:
        raise NotSentError(f"{url}: the storage answers {reply.status_code}")
    if reply.status_code != 200:
        raise DefinitionError(f"{url}: {reply.status_code} {reply.reason}", "invalid_job_params")
    try:
        listed = reply.json()["artifacts"]
        return {str(path): str(place) for path, place in listed.items()}
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DefinitionError(f"{url}: it lists no artifacts", "invalid_job_params") from error

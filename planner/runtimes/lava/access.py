# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whether a lab lets us in, and if not, what to do about it."""

from planner.runtimes.errors import NoAccessError
from planner.runtimes.lava.rest import Reply, Rest


class Access:
    """What a lab's "no" means. A wrong token is 403; one that it does not see makes us nobody."""

    def __init__(self, name: str, rest: Rest) -> None:
        self._name, self._rest = name, rest

    def user(self) -> str:
        """Return as whom the lab knows us.

        Raises:
            NoAccessError: if it does not know us.
            OSError: if there is no usable answer.
        """
        reply = self._rest.get("system/whoami/")
        user = reply.body.get("user") if isinstance(reply.body, dict) else None
        if reply.status == 403:
            raise self._no(f"403: {reply.detail}")
        if reply.status != 200 or not isinstance(user, str | None):
            raise reply.error()
        if not user:
            unseen = "it does not see the token, and " if self._rest.has_token else ""
            raise self._no(f"{unseen}it takes no jobs from the nameless")
        return user

    def denied(self, reply: Reply) -> NoAccessError:
        """Return the error for an answer of 403, with the cause as well as it can be told."""
        told = f"403: {reply.detail}"
        if "token" in reply.detail.lower():
            return self._no(told)
        try:
            user = self.user()
        except NoAccessError as error:
            return error
        except OSError:
            return self._no(told)
        return NoAccessError(f"{self._name}: {told}: user '{user}' may not do this")

    def refused(self, error: NoAccessError) -> NoAccessError:
        """Return an error of access with what to do about it."""
        return self._no(str(error))

    def _no(self, text: str) -> NoAccessError:
        given = "was given" if self._rest.has_token else "is missing"
        return NoAccessError(
            f"{self._name}: {text} (its token {given}: runtime_token in [runtime.{self._name}] of"
            " kernelci.toml, or KCI_RUNTIME_TOKEN_… in the environment)"
        )

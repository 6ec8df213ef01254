"""Why a run was refused or lost. A program's own failure is a result and no error."""

from cloudrun.errors import (
    ApplicationError,
    NotAuthenticatedError,
    NotFoundError,
    ServiceUnavailableError,
)


class SandboxError(ApplicationError):
    """The platform failed to run a program; `detail` names the part at fault."""

    code = "sandbox_failed"
    title = "The sandbox failed"


class NoSandboxError(ServiceUnavailableError):
    """There is nothing on this machine to run programs in, or it lacks the language."""

    code = "no_sandbox"
    title = "Programs cannot run here now"


class InstallError(ApplicationError):
    """Packages could not be installed; `detail` says why in a sentence."""

    code = "install_failed"
    title = "The packages could not be installed"


class QueueFullError(ServiceUnavailableError):
    code = "queue_full"
    title = "Too many runs are waiting"


class ShuttingDownError(ServiceUnavailableError):
    code = "shutting_down"
    title = "The server is shutting down"


class LostError(ApplicationError):
    """The run's server died under it, or its sandbox did."""

    code = "lost"
    title = "The run was lost"
    MESSAGE = "The run was lost with the server that ran it; run it again."


class KeyReusedError(ApplicationError):
    """An `Idempotency-Key` that stands for another request already."""

    code = "idempotency_key_reused"
    status = 422
    title = "The Idempotency-Key is taken"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came with another request before. Use a new one.")


class RunNotFoundError(NotFoundError):
    """No such run, or somebody else's: the caller cannot tell which."""

    def __init__(self) -> None:
        super().__init__("There is no such run, or it is not yours.")


class DeactivatedError(NotAuthenticatedError):
    """Who was logged in is locked out."""

    def __init__(self) -> None:
        super().__init__("Your account was deactivated.")

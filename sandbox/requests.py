"""What a caller asks for, once it has been checked, and who the caller is."""

import base64
from dataclasses import dataclass

UTF8 = "utf-8"
BASE64 = "base64"


@dataclass(frozen=True)
class SourceFile:
    """A file beside the code; what is no text has its bytes in `content` in base64."""

    name: str
    content: str
    encoding: str = UTF8

    @property
    def data(self) -> bytes:
        is_text = self.encoding != BASE64
        return self.content.encode() if is_text else base64.b64decode(self.content, validate=True)

    @property
    def fields(self) -> dict[str, str]:
        """As a caller sends it: text needs no `encoding`."""
        fields = {"name": self.name, "content": self.content}
        return fields if self.encoding == UTF8 else fields | {"encoding": self.encoding}


@dataclass(frozen=True)
class RunRequest:
    """A checked request for a run. `interactive` keeps stdin open after what `stdin` holds.

    `artifacts`: the files that the program makes are kept. `callback_url` is where the result is
    posted; empty for nowhere. `workspace` is whatever the caller keeps the program under; empty for
    nothing.
    """

    language: str
    code: str
    stdin: str = ""
    args: tuple[str, ...] = ()
    files: tuple[SourceFile, ...] = ()
    install_packages: tuple[str, ...] = ()
    interactive: bool = False
    tty: bool = False
    cols: int = 80
    rows: int = 24
    artifacts: bool = False
    callback_url: str = ""
    workspace: str = ""

    @property
    def waits_for_somebody(self) -> bool:
        """Its time passes while a person thinks."""
        return self.interactive or self.tty


@dataclass(frozen=True)
class Owner:
    """Whose run it is: a user, else a guest's session, else nobody but who knows its id.

    `session_key` is the guest of the session (`sandbox.guests`), and stays beside the user's id.
    `has_network`: whether their shells and installations may open connections.
    """

    user_id: int | None
    session_key: str
    address: str
    has_network: bool = False

    @property
    def key(self) -> str:
        """Who is counted in limits and quotas."""
        if self.user_id is not None:
            return f"user:{self.user_id}"
        return f"session:{self.session_key}" if self.session_key else f"address:{self.address}"

    def owns(self, *, user_id: int | None, session_key: str) -> bool:
        """True where a run with these two belongs to this caller."""
        if user_id is not None:
            return user_id == self.user_id
        return not session_key or session_key == self.session_key

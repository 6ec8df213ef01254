"""What the OpenAPI schema says beside what each endpoint says of itself."""

from http import HTTPStatus
from typing import Any

from django.conf import settings

from cloudrun import problems
from cloudrun.errors import ApplicationError, InvalidRequestError

SOCKET_PATH = "/ws/execute"

_DESCRIPTION = """
Run programs in isolated sandboxes, and follow, keep and replay what they write.

**Whole runs** come from `POST /api/execute`; **output while it is written** and input that somebody
types go over the WebSocket [`/ws/execute`](#/runs/socket), which `docs/websocket.md` describes
from end to end. A typed Python client for all of it is in `docs/clients/python`.

**Who is calling** is told by `Authorization: Bearer` with a token of `/api/auth/login`, or by the
site's session cookie. Guests may run programs and ask the assistant where the server allows it.

**Errors** are `application/problem+json` (RFC 9457): `detail` is a sentence for people, `code` a
stable word for programs, and `errors` names the fields at fault. A program that fails is a result
and no error. Fields that an endpoint does not know are ignored.

**Limits** hold for each user, or for the guests of an address. What is counted is told by
`RateLimit` and `RateLimit-Policy`; an answer that says no has `Retry-After`.
"""

_TAGS = {
    "runs": "Programs: started, followed, stopped, read again and deleted.",
    "auth": "Accounts and their tokens.",
    "ai": "Help with code.",
    "server": "What the server has, and whether it works.",
}

_SCHEMES = {
    "jwtAuth": "The token of `/api/auth/register` or `/api/auth/login`, valid for seven days.",
    "cookieAuth": (
        "The site's session, for its own pages only: with the `Origin` of the site and, where"
        " something is changed, the CSRF token in `X-CSRFToken`."
    ),
}

_HEADERS = {
    "Retry-After": ("Seconds to wait before it is worth trying again.", "12"),
    "RateLimit": ("What is left, and in how many seconds it is counted anew.", '"runs";r=0;t=12'),
    "RateLimit-Policy": ("How many calls in how many seconds.", '"runs";q=30;w=60'),
    "WWW-Authenticate": ("How to say who is calling.", 'Bearer realm="api"'),
    "Location": ("The address of the run.", "/api/runs/9f86d081884c7d659a2feaa0c55ad015"),
}
_HEADERS_OF_STATUS = {
    "202": ["Location"],
    "401": ["WWW-Authenticate"],
    "429": ["Retry-After", "RateLimit", "RateLimit-Policy"],
    "503": ["Retry-After"],
}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular, called with the whole schema."""
    result["info"]["description"] = _DESCRIPTION.strip()
    result["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    components = result["components"]
    components["headers"] = {name: _header(*header) for name, header in _HEADERS.items()}
    for name, description in _SCHEMES.items():
        components["securitySchemes"][name]["description"] = description
    result["paths"][SOCKET_PATH] = {"get": _socket()}
    for path in result["paths"].values():
        for operation in path.values():
            field = _some_field(operation, components["schemas"])
            for status, response in operation["responses"].items():
                _complete_response(status, response, field)
    return result


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


def _socket() -> dict[str, Any]:
    """A handshake is all that OpenAPI can tell of a WebSocket; the rest is words."""
    text = (settings.BASE_DIR / "docs" / "websocket.md").read_text()
    problem = {
        problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
    }
    return {
        "operationId": "socket",
        "summary": "Run a program and talk with it (WebSocket)",
        "description": text,
        "tags": ["runs"],
        "security": [{"jwtAuth": []}, {"cookieAuth": []}, {}],
        "responses": {
            "101": {"description": "The WebSocket is open"},
            "403": {"description": "A web page of another site asks", "content": problem},
            "404": {"description": "This is no WebSocket handshake", "content": problem},
        },
    }


def _complete_response(status: str, response: dict[str, Any], field: str) -> None:
    response["description"] = response["description"] or HTTPStatus(int(status)).phrase
    names = _HEADERS_OF_STATUS.get(status, [])
    if names:
        response["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    problem = response.get("content", {}).get(problems.CONTENT_TYPE)
    if problem:
        problem["example"] = _problem(int(status), response["description"], field)


def _problem(status: int, description: str, field: str) -> dict[str, Any]:
    """What such a refusal looks like."""
    kind = next(kind for kind in ApplicationError.__subclasses__() if kind.status == status)
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": kind.title,
        "status": status,
        "detail": f"{description}.",
        "code": kind.code,
    }
    if kind is InvalidRequestError:
        message = "This field is required."
        problem["detail"] = f"{field}: {message}"
        problem["errors"] = [{"field": field, "message": message}]
    return problem


def _some_field(operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    """A field that a request can have wrong; empty where it has none."""
    body = operation.get("requestBody")
    if body is None:
        return str(operation.get("parameters", [{"name": ""}])[0]["name"])
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return str(schemas[name]["required"][0])

"""A client of the CloudRun IDE: runs programs, follows them, talks with them, reads them again."""

from cloudrun_client.client import Client
from cloudrun_client.data import Frame, Program, Result, Run, RunSummary, Terminal, User
from cloudrun_client.errors import ApiError, ConnectionLostError
from cloudrun_client.session import Session

__all__ = [
    "ApiError",
    "Client",
    "ConnectionLostError",
    "Frame",
    "Program",
    "Result",
    "Run",
    "RunSummary",
    "Session",
    "Terminal",
    "User",
]

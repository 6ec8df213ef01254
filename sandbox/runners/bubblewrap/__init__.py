"""Runs programs under bubblewrap, with the machine's own toolchains: for trying out."""

from sandbox.runners.bubblewrap.runner import BubblewrapRunner

__all__ = ["BubblewrapRunner"]

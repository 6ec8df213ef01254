"""Runs programs in Docker containers: a fresh, hardened one for every run."""

from sandbox.runners.docker.runner import DockerRunner

__all__ = ["DockerRunner"]

"""The CloudRun IDE project: settings, routing, and what every app shares at its borders."""

__version__ = "0.1.0"

"""Decides whether a minor may use a learning platform, and proves it."""

__version__ = "0.1.0"

"""The HTTP client that tests speak with: the developer tools' own."""

from dev.client import Answer, Api

__all__ = ["Answer", "Api"]

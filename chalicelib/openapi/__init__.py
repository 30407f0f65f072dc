"""The OpenAPI 3.1 document, made from what the endpoints promise, so that it cannot say anything else than the code.

Shapes come from the structs that bodies are read into and answers are written from; problems from the error classes;
their texts from the messages. It is made once per container, when it is first asked for, and is the same each time.
"""

from chalicelib.openapi.assembling import document

__all__ = ["document"]

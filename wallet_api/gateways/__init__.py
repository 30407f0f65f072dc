"""Gateways: the outside companies that the wallet speaks with, one Protocol each, and a shipped sandbox where money is at stake."""

"""Gateways: the companies outside that the wallet speaks with, one Protocol each; for the acquirer a sandbox as well."""

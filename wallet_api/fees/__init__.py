"""Fees: a public schedule in versions, and quotes that bind: what was quoted is what is charged."""

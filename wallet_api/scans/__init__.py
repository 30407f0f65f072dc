"""Scans: the QR codes that a merchant, an outlet or a person shows, written and read.

What is promised: a code that we did not make, or that anybody changed, is refused before the tables are asked; what a
code says is never believed, only what it names.
"""

"""Sides: who is on the other side of a movement, as they may be named to its person.

What is promised: merchants by the name that payers see, cards by brand and last four digits, people by their masked number or the
beginning of their address, and never by words of their own; nobody is named to whom the movement does not concern.
"""

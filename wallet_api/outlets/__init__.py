"""Outlets: the places where a merchant takes payments, each with a static QR code that hangs on its wall.

What is promised: an outlet's id alone tells, in one trip, whether it and its merchant take payments now.
"""

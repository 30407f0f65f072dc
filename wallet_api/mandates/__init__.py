"""Mandates: a customer's standing consent that one merchant may charge, within limits, without asking each time.

What is promised: nothing is charged that the consent does not cover, whoever races; revoking it is one cheap call, and the very
next charge fails.
"""

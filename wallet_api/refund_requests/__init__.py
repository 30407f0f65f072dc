"""Refund requests: a customer asks for their money back from a payment, and its merchant decides.

What is promised: a payment has one open request at a time; the merchant's yes is the refund itself, in one write; whoever decides,
takes back or escalates first does so alone, and everybody else is told what it became; what nobody answers in time is escalated.
"""

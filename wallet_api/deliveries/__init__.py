"""Deliveries: every event on its way to every webhook endpoint that wants it.

What is promised: at least once, in no order, while three days of tries allow it; the same event always comes under the
same id; nothing is lost when a worker dies, and nobody waits because somebody else's server is slow.
"""

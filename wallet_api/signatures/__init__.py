"""Signatures: merchants' servers sign their requests (RFC 9421), so that a key that leaked is not enough to act.

What is promised: the algorithm is that of the key's record and never the request's choice; what decides is covered, the body by
its digest over the very bytes that came; a signature is good for minutes and once, whichever container sees it again.
"""

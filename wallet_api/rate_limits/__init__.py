"""Rate limits: how often one source, one session or one group of phone numbers may ask for what costs money or may be
guessed at.

Every limit is a line of `model.py`. A count is taken in a trip that is made anyway, after the request was found
readable and its caller known, so that neither nonsense nor a stranger's 401s use up anybody's share. A count that cannot
be taken is a refusal: no limit is open because the table behind it is not there.
"""

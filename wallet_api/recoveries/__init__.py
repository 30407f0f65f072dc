"""Recoveries: somebody cannot sign in, because the password is forgotten or because it was tried wrong too often.

Whoever asks names a phone or an e-mail, and a message goes there in any case: a code, or that there is no wallet. What
is answered is the same, and so is what it costs, whether somebody is known by it, locked or not (A10). A reset signs
nobody in: the second factor is asked at the next sign-in as ever. A lock is ended by a code or a second factor, never by
the password, and tries at either are counted here, so that a stranger cannot use up those of the owner.
"""

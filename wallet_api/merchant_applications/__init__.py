"""Applications: how a person becomes the owner of a merchant.

What is promised: an operator decides every one, and says why not; in a test deployment the merchant works from the start, in a live
one from the approval on; who to call and where to pay are sealed.
"""

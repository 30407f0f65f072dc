"""Payment codes: eighteen digits that a customer's phone shows, also while it is offline, and a till scans.

What is promised: a code is good for a minute at most and once; it dies with the session and the device it was made on, with a
freeze and with a new password; it opens nothing but one payment; and whoever guesses learns nothing and is stopped soon.
"""

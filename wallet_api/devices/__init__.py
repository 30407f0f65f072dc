"""Devices: the phones and browsers that a person signed in on. What is promised: a device that is new to its person is
announced on every channel of theirs and moves little money for a day; one that comes back is known by a token of ours;
a device that is removed has no session and no key from that moment on.
"""

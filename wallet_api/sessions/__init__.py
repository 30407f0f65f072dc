"""Sessions: a person is signed in on a device until they leave, until it is idle too long, or until somebody ends it.

The very next call after an end is refused, because every call reads its session; no cache outlives a logout.
"""

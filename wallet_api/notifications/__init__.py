"""Notifications: a person is told of what happened to their access, over every channel that reaches them.

A notice is written in the same atomic write as what it tells of, so one is never lost and none tells of what was not
done. It is sent by the schedule within a minute, not by the request: an answer takes as long whether somebody was told
or not, and a message company that does not answer fails no password change. A notice that could not be sent is tried
again, each time later, for a day.
"""

"""Payouts: a merchant's money on its way to the merchant's bank account, by the day or on request.

What is promised: what is paid out was earned before the last midnight and is there, whatever is asked for at the same time; it is
set aside before the bank is asked, and posted or given back exactly once; a payout that nobody knows the end of stays `processing`
until the bank says; each merchant and day is paid out once, however often the schedule runs, and none that wants to be asked.
"""

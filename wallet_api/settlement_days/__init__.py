"""Settlement days: which merchants' day is to be closed next, and when.

What is promised: every merchant's every day comes up once its midnight in China is some time past, and stays until it was dealt
with; the merchants that are due are found in an index, never by looking at all.
"""

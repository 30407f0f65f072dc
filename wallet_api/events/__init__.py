"""Events: what happened, told to the merchant or person it concerns. Each fact is one event for each of
them, however often, in whatever order and pieces the tables' streams bring it. It names ids and amounts, nobody's data.
"""

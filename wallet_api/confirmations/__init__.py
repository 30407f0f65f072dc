"""Confirmations: a person is told of each movement of their money, and of what needs them, where they chose to be told.

What is promised: everything told stands in the inbox; beyond it a movement is told over the channels that its person chose,
after it happened and never instead of it, tried for a day, and no SMS or e-mail goes out twice for one movement. What waits for
the person's yes is pushed to their phones whatever they chose. Nobody's money waits for a message.
"""

"""Payments: a merchant asks for an amount, one customer says yes with a PIN, and the money is the merchant's.

What is promised: an order is paid once, whoever races; a confirmation costs two round trips and writes nothing that two
payers of one merchant share; whatever is refused has moved nothing and says why.
"""

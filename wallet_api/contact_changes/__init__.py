"""Contact changes: another phone number or e-mail address for a wallet, or a second one beside the first.

It takes the password, a current second factor and the code that the new contact got. The claim on the old contact ends
in the same write in which the new one's begins; both are told. Who asks for a contact of somebody else gets the same
answers as ever, and its owner a notice.
"""

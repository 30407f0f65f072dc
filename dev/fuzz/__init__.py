"""What `./wallet fuzz` is made of: the verb (`__main__`), what schemathesis is told (`hooks`), who calls (`world`), what they
have (`stock`), what has to be done before a call can succeed (`errands`), and what was answered (`tally`).
"""

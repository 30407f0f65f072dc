"""How the collaborators of the wallet are made, in parts; `wallet_api/wallet.py` puts them together."""

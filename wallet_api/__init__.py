"""The wallet: its rules, its money and its storage. It imports neither Chalice nor an AWS event."""

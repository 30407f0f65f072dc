"""A cloud on the laptop: what the wallet uses of AWS, in one process, on a clock that can be moved."""

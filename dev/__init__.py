"""Developer tools: the local cloud, the seed, the packager. Never shipped to Lambda."""

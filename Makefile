# Aliases only: a fresh Debian has no make. `./wallet --help` says what each does.
.PHONY: serve demo test check bench package lock
serve demo test check bench package lock:
	./wallet $@ $(ARGS)

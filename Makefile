# Aliases only: a fresh Debian has no make. `./wallet --help` says what each does.
.PHONY: serve demo test check bench package documents lock
serve demo test check bench package documents lock:
	./wallet $@ $(ARGS)

# Everything here wraps cargo or a script; `make help' lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET_DIR)/release

.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-hostile bench install clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## install what the tests need (Debian packages, Node binaries)
	tests/setup

build: ## build the debugger and the module, optimized
	$(CARGO) build --release --workspace

demo: build ## dump a real Node program and look into the dump
	demo/run.sh $(RELEASE)/mdb

test: setup build ## run all tests
	$(CARGO) test --workspace --features mdb_v8/std

test-hostile: build ## run only the hostile host, striking at every call
	HOSTILE_FULL=1 $(CARGO) test --features std --test hostile

bench: build ## run the benchmarks
	$(CARGO) bench --workspace --features mdb_v8/std

install: build ## install under PREFIX (default /usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/mdb/proc
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 0755 $(RELEASE)/mdb $(DESTDIR)$(PREFIX)/bin/mdb
	install -m 0555 $(RELEASE)/libv8.so $(DESTDIR)$(PREFIX)/lib/mdb/proc/v8.so
	install -m 0644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean: ## remove what was built and dumped, not the cached Node binaries
	$(CARGO) clean

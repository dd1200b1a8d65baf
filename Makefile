# Everything here wraps cargo or a script; `make help' lists the targets.

PREFIX ?= /usr/local
DESTDIR ?=
CARGO ?= cargo
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
RELEASE := $(TARGET_DIR)/release
SHARE = $(DESTDIR)$(PREFIX)/share

.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-hostile matrix probe fuzz bench install clean
.PHONY: illumos test-illumos illumos-dist dist deb
ifeq ($(shell uname -s),SunOS)
# The debugger is there already: only the module is built and installed.
.DEFAULT_GOAL := illumos
PROC := $(DESTDIR)/usr/lib/mdb/proc
endif

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install what the tests need (Debian packages, Node binaries)
	tests/setup

build: ## build the debugger and the module, optimized
	$(CARGO) build --release --workspace

demo: build ## dump a real Node program and look into the dump
	demo/run.sh $(RELEASE)/mdb

test: setup build ## run all tests
	$(CARGO) test --workspace --features mdb_v8/std --no-fail-fast

test-hostile: build ## run only the hostile host, striking at every call, and count
	HOSTILE_FULL=1 $(CARGO) test --features std --test hostile -- --nocapture

# make test has run the others already: MATRIX=--ignored leaves those out.
MATRIX ?= --include-ignored

matrix: setup build ## measure all releases against docs/support.md, and print it
	tests/nodes/get matrix
	$(CARGO) test --features std --no-fail-fast --test matrix --test heap \
	    --test heap_commands --test snapshots --test async --test profile --test event_loop \
	    --test globals --test node_info --test modules --test stopped_anywhere -- \
	    $(MATRIX) --skip probe
	@grep '^|' docs/support.md

probe: setup build ## measure an unknown node binary: make probe NODE=path
	@[ -n "$(NODE)" ] || { echo "usage: make probe NODE=path-of-a-node-binary" >&2; exit 2; }
	MDB_PROBE="$(abspath $(NODE))" $(CARGO) test --features std --test matrix -- \
	    --ignored --exact probe --nocapture

# Coverage needs a flag that the stable compiler only takes when it is told so.
FUZZ = RUSTC_BOOTSTRAP=1 $(CARGO) fuzz
SECONDS ?= 60
# 0 is another one each time.
SEED ?= 0

# One run of a target takes one core. Each prints a line when it is over.
FUZZ_RUNS = $(patsubst fuzz/fuzz_targets/%.rs,fuzz-%,$(wildcard fuzz/fuzz_targets/*.rs))
.PHONY: $(FUZZ_RUNS)

fuzz: ## run each fuzz target for a minute, or SECONDS=600; SEED=1 repeats a run
	@command -v cargo-fuzz >/dev/null || $(CARGO) install cargo-fuzz --version 0.13.2 --locked
	$(FUZZ) build --sanitizer none
	@$(MAKE) --no-print-directory -j"$$(nproc)" $(FUZZ_RUNS)

$(FUZZ_RUNS): fuzz-%:
	@log=fuzz/$*.log; mkdir -p fuzz/corpus/$* fuzz/seeds/$*; \
	$(FUZZ) run --sanitizer none $* fuzz/corpus/$* fuzz/seeds/$* -- \
	    -seed=$(SEED) -max_total_time=$(SECONDS) -timeout=10 -rss_limit_mb=2048 >$$log 2>&1 || \
		{ tail -n 60 $$log; exit 1; }; \
	awk '/inline 8-bit counters/ { all = substr($$5, 2) } \
	    $$2 == "DONE" { printf "%-16s %s inputs, %s of %s edges, no crash\n", \
	        "$*", substr($$1, 2), $$4, all }' $$log

bench: build ## run the benchmarks
	$(CARGO) bench --features std --bench startup --bench heap

illumos: ## build the module for illumos, 64-bit and 32-bit
	CARGO=$(CARGO) illumos/build.sh

# All tests that run a debugger on the module. These do not, or are about the
# debugger; the matrix repeats scenarios of frames and values.
WITH_MODULE = $(filter-out batch canned docs heap_commands heap_oracle hostile hostile_cores hostile_heaps \
    hostile_processes illumos install matrix profile progress prompt sparse_core synthetic \
    tutorial, \
    $(patsubst tests/%.rs,%,$(wildcard tests/*.rs)))

# One test copies the debugger elsewhere, and what MDB_BIN names here is a script.
test-illumos: setup build illumos ## test the files for illumos
	if [ -e $(TARGET_DIR)/illumos/amd64/v8.so ]; then \
		$(CARGO) test --workspace --features mdb_v8/std --test illumos && \
		MDB_BIN="$$(illumos/host.sh amd64)" \
		    $(CARGO) test --workspace --features mdb_v8/std --no-fail-fast \
		    $(addprefix --test ,$(WITH_MODULE)) -- --skip foreign_process; \
	fi

illumos-dist: illumos ## pack the files for illumos
	illumos/dist.sh

ifeq ($(shell uname -s),SunOS)
install: illumos
	mkdir -p $(PROC)/amd64
	rm -f $(PROC)/amd64/v8.so $(PROC)/v8.so
	cp -p $(TARGET_DIR)/illumos/amd64/v8.so $(PROC)/amd64/v8.so
	[ ! -e $(TARGET_DIR)/illumos/i386/v8.so ] || \
	    cp -p $(TARGET_DIR)/illumos/i386/v8.so $(PROC)/v8.so
else
install: build ## install under PREFIX (default /usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/mdb/proc
	install -d $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 0755 $(RELEASE)/mdb $(DESTDIR)$(PREFIX)/bin/mdb
	install -m 0555 $(RELEASE)/libv8.so $(DESTDIR)$(PREFIX)/lib/mdb/proc/v8.so
	install -m 0644 packaging/v8.hint $(DESTDIR)$(PREFIX)/lib/mdb/proc/v8.hint
	install -m 0644 docs/man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -d $(SHARE)/bash-completion/completions $(SHARE)/zsh/site-functions \
	    $(SHARE)/fish/vendor_completions.d $(SHARE)/doc/mdb-v8
	install -m 0644 packaging/mdb.bash $(SHARE)/bash-completion/completions/mdb
	install -m 0644 packaging/mdb.zsh $(SHARE)/zsh/site-functions/_mdb
	install -m 0644 packaging/mdb.fish $(SHARE)/fish/vendor_completions.d/mdb.fish
	install -m 0644 README.md CHANGES.md docs/*.md $(SHARE)/doc/mdb-v8

dist: build ## pack what install installs, to be unpacked anywhere
	packaging/dist.sh

deb: build ## pack it for Debian
	packaging/deb.sh
endif

clean: ## remove what was built and dumped, not the cached Node binaries
	$(CARGO) clean

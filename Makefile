# Thin: each target calls a script of .ci/.

# the nginx sources to build against; empty: those of the installed nginx
NGINX_SRC =

# the test files to run
T = t

# the versions of HTTP, of 1.1, 2 and 3, that "make test" uses
PROTOCOLS = 1.1

# the Debian suites of "make matrix", "make deb" and "make deb-test"
SUITES = bookworm trixie sid

# the rows of "make bench", empty: all
ROWS =

# seconds of "make soak" (300) or for each fuzzer of "make fuzz" (60), and
# which of these, empty: all
TIME =
FUZZERS =

DESTDIR =

CI = bash .ci

.PHONY: build install demo test static openssl4 matrix deb deb-test dist \
	distcheck asan valgrind coverage bench soak lint fuzz check-all clean help

build:
	@$(CI)/build.sh "$(NGINX_SRC)"

install: build
	@$(CI)/install.sh "$(DESTDIR)"

demo:
	@$(CI)/demo.sh

test:
	@TEST_PROTOCOLS="$(PROTOCOLS)" $(CI)/test.sh $(T)

openssl4:
	@$(CI)/openssl4.sh

static:
	@$(CI)/static.sh $(filter-out t,$(T))

matrix:
	@$(CI)/matrix.sh $(SUITES)

deb:
	@$(CI)/deb.sh --build $(SUITES)

deb-test:
	@$(CI)/deb.sh $(SUITES)

dist:
	@$(CI)/dist.sh

distcheck:
	@$(CI)/dist-test.sh

asan:
	@$(CI)/asan.sh $(T)

valgrind:
	@$(CI)/valgrind.sh $(filter-out t,$(T))

coverage:
	@$(CI)/coverage.sh $(T)

bench:
	@$(CI)/bench.sh $(ROWS)

soak:
	@$(CI)/soak.sh $(TIME)

lint:
	@$(CI)/lint.sh

fuzz:
	@$(CI)/fuzz.sh "$(TIME)" $(FUZZERS)

check-all:
	@$(CI)/check-all.sh

clean:
	rm -rf build t/pki/out t/servroot*

help:
	@echo 'make                    build build/*.so for the installed nginx'
	@echo 'make NGINX_SRC=DIR      build against a source tree of nginx'
	@echo 'make install            into the modules folder of nginx; DESTDIR='
	@echo 'make demo               see nginx admit and refuse TLS clients'
	@echo 'make test               run the tests; T=t/file.t for some of them'
	@echo '                        PROTOCOLS="1.1 2 3": over each of these'
	@echo 'make matrix             all tests on the nginx of each Debian; SUITES=sid'
	@echo 'make deb                build/deb/*.deb for each Debian; SUITES=trixie'
	@echo 'make deb-test           these, installed, upgraded, removed in clean chroots'
	@echo 'make dist               the source archive; make distcheck: and try it'
	@echo 'make static             tests with a nginx that has it compiled in; T=...'
	@echo 'make openssl4           compile against the headers of OpenSSL 4'
	@echo 'make asan               all tests with nginx and the module under ASan,'
	@echo '                        UBSan and LeakSanitizer; T=t/file.t'
	@echo 'make valgrind           some of the tests under valgrind; T=t/file.t'
	@echo 'make coverage           all tests, and what lines of the module they reach'
	@echo 'make bench              beside plain nginx; ROWS=stall for one row,'
	@echo '                        ROWS=hostile for certificates that cost much'
	@echo 'make soak               CRL, CA and list change each second under load,'
	@echo '                        with ASan, for five minutes; TIME= seconds'
	@echo 'make lint               style, layers, cppcheck, clang-tidy'
	@echo 'make fuzz               hostile input under ASan and UBSan; TIME=60'
	@echo 'make check-all          all of these checks, and .ci/run; two hours'
	@echo 'make clean              remove what was built'
	@echo
	@echo 'They install Debian packages that are missing.'

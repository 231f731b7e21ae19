# The commands of this project. `make` without a target lists them.

MAKEFLAGS += --no-print-directory
NAME ?= lab
CNI ?= antrea
MAIN = . .build/env/main/bin/activate

.PHONY: help demo test test-all lint lab lab-down docs bench setup lock release clean

help:
	@echo "make demo                 a cluster, a BIG-IP, and an application published in each mode (KEEP=1 keeps the last lab)"
	@echo "make test                 each kind of check; SUITES=\"units lint\" selects some of them, tests/run --list lists them"
	@echo "make test-all             every check, also on further ansible-core versions: before a release and each night"
	@echo "make lint                 the linters and the rules about the repository"
	@echo "make lab [CNI=calico]     a cluster and a BIG-IP for your own tests; NAME=... for several labs"
	@echo "make lab-down             stops the lab"
	@echo "make bench [SIZE=small]   measures speed and scale against the goals (45 minutes; small: 8)"
	@echo "make docs                 the modules' documentation as HTML, in .build/docs"
	@echo "make release [NEXT=1.2.0] commits and tags the release of galaxy.yml's version; it pushes nothing"
	@echo "make clean                removes .build with all created files"

demo:
	@tests/demo/run

test:
	@tests/run $(SUITES)

test-all:
	@tests/run --all $(SUITES)

lint:
	@tests/run lint

lab:
	@tests/setup main dev lab
	@$(MAIN) && tests/lab/lab up --name $(NAME) --cni $(CNI)
	@echo "To use it in this shell:  . .build/env/main/bin/activate && eval \"\$$(tests/lab/lab env --name $(NAME))\""

lab-down:
	@tests/setup main
	@$(MAIN) && tests/lab/lab down --name $(NAME)

docs:
	@tests/setup main core-2.21
	@PYTHONPATH=tests .build/env/main/bin/python tests/tools/docs.py

bench:
	@tests/setup main dev lab
	@cd tests && SIZE=$(SIZE) ONLY="$(ONLY)" DOCS=$(DOCS) ../.build/env/main/bin/python -m benchmarks

setup:
	@tests/setup

lock:
	@tests/requirements/lock

release:
	@tests/setup core-2.21
	@. .build/env/core-2.21/bin/activate && python tests/tools/release.py $(NEXT)

clean:
	rm -rf .build

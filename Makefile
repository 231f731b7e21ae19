# The commands of this project. `make` alone lists them.

MAKEFLAGS += --no-print-directory
NAME ?= lab
CNI ?= antrea
MAIN = . .build/env/main/bin/activate

.PHONY: help demo test test-all lint lab lab-down docs bench setup lock clean

help:
	@echo "make demo                 a cluster, a BIG-IP, and an application published in each mode (KEEP=1 keeps the last lab)"
	@echo "make test                 each kind of check; SUITES=\"units lint\" selects, tests/run --list names them"
	@echo "make test-all             every check, also what repeats another one: before a release and each night"
	@echo "make lint                 the checks that run nothing of the collection"
	@echo "make lab [CNI=calico]     a cluster and a BIG-IP to try things on; NAME=... for several side by side"
	@echo "make lab-down             ends it"
	@echo "make bench [SIZE=small]   speed and scale, measured: goal and result side by side (30 minutes; small: 5)"
	@echo "make docs                 the modules' documentation as HTML, in .build/docs"
	@echo "make clean                removes everything that was made here"

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

clean:
	rm -rf .build

# One line a target, each calls one tool. Needs python3 (3.11 or newer), git and make; the rest comes from uv.lock.
# Another Python: `make PYTHON=python3.12 test`. Further arguments for the tool: `make test ARGS="-k momentum"`.

PYTHON ?= python3
ARGS ?=
ENVIRONMENT := .venv/.synced
ORACLES := .venv-oracles/.synced
BOOK := .venv-book/.synced
LITE := .venv-lite/.synced

# nbgrader calls alembic from PATH.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# Jupyter, IPython, matplotlib and uv all write under HOME; where there is none, build/home serves them.
ifneq ($(shell test -n "$$HOME" && test -d "$$HOME" && test -w "$$HOME" && echo writable),writable)
export HOME := $(shell mkdir -p "$(CURDIR)/build/home" && echo "$(CURDIR)/build/home")
endif

.DEFAULT_GOAL := help
.PHONY: help demo test lab release handout check lint check-slow bench bench-grading bench-gradebook bench-feedback bench-scale bench-lessons pictures mutants attacks normalise diff book book-pdf lite slides site

help:  ## say what each target does
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/make \1\t\2/p' Makefile | expand -t 22

$(ENVIRONMENT): uv.lock pyproject.toml tools/set_up.py
	$(PYTHON) tools/set_up.py

$(ORACLES): $(ENVIRONMENT)
	$(PYTHON) tools/set_up.py --oracles

$(BOOK): $(ENVIRONMENT)
	$(PYTHON) tools/set_up.py --book

$(LITE): $(ENVIRONMENT)
	$(PYTHON) tools/set_up.py --lite

demo: $(ENVIRONMENT)  ## release, grade a class of 24 and say where the pages lie
	.venv/bin/python -m autograder.demo $(ARGS)

test: $(ENVIRONMENT)  ## the project's tests, without the slow ones
	.venv/bin/pytest -n auto --maxprocesses 4 --dist loadfile $(ARGS)

pictures: $(ENVIRONMENT)  ## the README's pictures, from what `make demo` and `make book` made; needs Chromium
	.venv/bin/python tools/take_pictures.py demo build/book/html site/pictures $(ARGS)

book: $(BOOK)  ## the lessons as a book, to build/book/html
	.venv-book/bin/python site/build.py $(ARGS)

book-pdf: $(BOOK)  ## the book as one file for paper, build/book/optimization.pdf; needs Chromium
	.venv-book/bin/python site/build.py --pdf $(ARGS)

lite: $(LITE)  ## the lessons in the reader's browser, to build/lite/html
	.venv/bin/python site/build_lite.py $(ARGS)

slides: $(BOOK)  ## the lessons as slides for a lecture, to build/slides
	.venv-book/bin/python site/build_slides.py $(ARGS)

site: book slides lite  ## all that is published: book, slides and browser version, to build/site
	.venv/bin/python site/build_site.py

lab: $(ENVIRONMENT)  ## open the lessons in JupyterLab
	.venv/bin/jupyter lab --LabApp.default_url=/lab/tree/notebooks $(ARGS)

release: $(ENVIRONMENT)  ## make notebooks/ from solutions/, and fill gradebook.db
	.venv/bin/nbgrader generate_assignment "[0-9]*" --force $(ARGS)

handout: $(ENVIRONMENT)  ## make the zip that students get: lessons, what they need, how to begin
	.venv/bin/autograder handout $(ARGS)

check: lint test  ## what must hold before a commit: lint, canonical notebooks, up-to-date release, tests

lint: $(ENVIRONMENT)  ## style of code and notebooks, and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/python tools/normalise_notebook.py --check solutions

check-slow: $(ORACLES)  ## the slow tests, and the optimizers against PyTorch
	.venv-oracles/bin/python -m pytest -m "slow or oracle" $(ARGS)

bench: $(ORACLES)  ## update rules on 1e6 parameters beside torch.optim
	.venv-oracles/bin/python benchmarks/optimizers.py $(ARGS)

bench-grading: $(ENVIRONMENT)  ## a class graded by plain nbgrader and by ours
	.venv/bin/python benchmarks/grading.py $(ARGS)

bench-gradebook: $(ENVIRONMENT)  ## exports and Formgrader's lists of a large class
	.venv/bin/python benchmarks/gradebook.py $(ARGS)

bench-feedback: $(ENVIRONMENT)  ## feedback, export and report beside nbgrader's, and a whole round
	.venv/bin/python benchmarks/returning.py $(ARGS)

bench-scale: $(ENVIRONMENT)  ## a round of 100, 1,000 and 10,000 submissions, here and on Dask
	.venv/bin/python benchmarks/scale.py $(ARGS)

bench-lessons: $(ENVIRONMENT)  ## how long each lesson runs
	.venv/bin/python benchmarks/lessons.py $(ARGS)

mutants: $(ENVIRONMENT)  ## which claims kill which wrong answers
	.venv/bin/python -m tests.mutants $(ARGS)

attacks: $(ENVIRONMENT)  ## attacks on plain nbgrader and on ours, side by side
	.venv/bin/python -m tests.attacks.report $(ARGS)

normalise: $(ENVIRONMENT)  ## bring the notebooks of solutions/ into canonical form
	.venv/bin/python tools/normalise_notebook.py solutions

diff: $(ENVIRONMENT)  ## make `git diff` show notebooks as text (once a clone)
	git config diff.notebook.textconv "$(CURDIR)/.venv/bin/python $(CURDIR)/tools/show_notebook.py"

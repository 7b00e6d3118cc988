"""A process to be killed: forks children that put pages into an archive and commit its index.

    python committer.py ARCHIVE

Each line on standard input starts a child (a number: its first mark); the child writes what it
does to standard output. Forking is what makes twenty kills take seconds: everything is imported.
"""

from __future__ import annotations

import itertools
import os
import sys

from index_inputs import put_pages, some_pages

from dossier import Archive


def commit_for_ever(home: str, first: int) -> None:
    with Archive.open(home) as archive:
        print("pid", os.getpid(), flush=True)
        for number in itertools.count(first):
            mark = f"标记{number:06d}号"
            put_pages(archive._database, f"卷宗{number % 7}", some_pages(12, mark))
            print("begin", mark, flush=True)
            archive._index.catch_up()
            print("done", mark, flush=True)


def main() -> None:
    import dossier.search.tantivy_engine
    import dossier.search.whoosh_engine  # noqa: F401 - children find everything imported

    for line in sys.stdin:
        if os.fork() == 0:
            commit_for_ever(sys.argv[1], int(line))
        os.wait()
        print("gone", flush=True)


if __name__ == "__main__":
    main()

"""Worker processes that survive a crashing reader and die with their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, ParamSpec, TypeVar

import cv2

from ..cores import cores

P = ParamSpec("P")
T = TypeVar("T")


class Pool:
    """Submits to an executor of the caller's, or to local processes of its own.

    `rebuild` replaces own processes after one was killed by a file it read; a caller's executor
    is left alone.
    """

    def __init__(self, jobs: int | None, executor: Executor | None) -> None:
        self.jobs = max(1, jobs or getattr(executor, "_max_workers", None) or cores())
        self._own = executor is None
        self._executor = executor or self._start()

    @property
    def can_rebuild(self) -> bool:
        return self._own

    def submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._executor.submit(call, *args, **kwargs)

    def rebuild(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        self._executor = self._start()

    def close(self, *, wait: bool = True) -> None:
        """Stop own processes: at once if `wait` is false (work in hand is lost)."""
        if not self._own:
            return
        if not wait:
            # shutdown alone lets them finish what they have, which may take minutes
            for process in list((getattr(self._executor, "_processes", None) or {}).values()):
                process.terminate()
        self._executor.shutdown(wait=wait, cancel_futures=True)

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self.jobs, mp_context=_WorkerContext(), initializer=_begin_worker
        )


class _WorkerProcess(SpawnProcess):
    """A fresh interpreter that does not run the caller's script again.

    Fresh, because a forked copy of a process with threads may hang (progress bars have threads).
    Workers run functions of this package only, so they need nothing of `__main__`; without it a
    script works that has no `if __name__ == "__main__"`, or comes from standard input.
    """

    @staticmethod
    def _Popen(process_obj: BaseProcess) -> Any:
        with _MAIN_HIDDEN:
            main = sys.modules["__main__"]
            sys.modules["__main__"] = types.ModuleType("__main__")
            try:
                return SpawnProcess._Popen(process_obj)
            finally:
                sys.modules["__main__"] = main


class _WorkerContext(SpawnContext):
    Process = _WorkerProcess


_MAIN_HIDDEN = threading.Lock()


def _begin_worker() -> None:
    # Ctrl-C reaches the whole terminal group: the parent decides, workers stay quiet
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # one core per worker: the libraries below must not each start a thread per core
    os.environ["OMP_THREAD_LIMIT"] = "1"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    cv2.setNumThreads(1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()


def _die_with(parent: BaseProcess) -> None:
    # after kill -9 of the parent nobody would tell an idle worker to stop
    parent.join()
    os._exit(1)

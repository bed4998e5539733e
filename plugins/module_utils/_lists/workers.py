# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Run functions in the threads of an executor. Return the results in the order of completion or of the input.

A caller that waits for a result receives a result or an error, even if the executor loses the task.
"""

from __future__ import annotations

import concurrent.futures
import contextvars
import dataclasses
import functools
import importlib
import queue
import sys
import threading
import typing as t
import weakref
from collections.abc import Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads

K = t.TypeVar("K")
T = t.TypeVar("T")
R = t.TypeVar("R")
ExecutorClass = t.Callable[..., concurrent.futures.Executor]
Future = concurrent.futures.Future[t.Any]

# Nesting depth of tasks: 0 in a caller's thread, 1 in a task, and 2 in a task that another task started.
_depth: contextvars.ContextVar[int] = contextvars.ContextVar("netbox.cursor depth", default=0)


class Workers:
    """A pool of ``size`` threads that several lists share. The threads are created when the first task starts.

    If a task starts other tasks, they run in ``size`` additional threads. Therefore, a task that waits for other tasks
    never occupies a thread that they need.

    ``executor_class`` is a replacement for ``concurrent.futures.ThreadPoolExecutor``.
    """

    def __init__(self, size: int, executor_class: ExecutorClass = DaemonThreads) -> None:
        if size < 1:
            raise UsageError(f"max_workers must be at least 1, not {size}.")
        self.size = size
        self._executor_class = executor_class
        self._executors: dict[int, concurrent.futures.Executor] = {}
        self._waiting: weakref.WeakSet[Tasks[t.Any, t.Any]] = weakref.WeakSet()
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, function: t.Callable[..., t.Any], *arguments: object) -> Future:
        """Run ``function`` in a thread, with a copy of the caller's context variables, such as OpenTelemetry's span.

        Raise :class:`UsageError` if the executor does not accept the task, or if the workers are closed.
        """
        depth = _depth.get()
        with self._lock:  # several threads might start tasks concurrently
            self.check_open()
            if depth not in self._executors:
                self._executors[depth] = self._new_executor()
            executor = self._executors[depth]
        # Only one thread at a time can enter a context, so each task needs its own copy.
        context = contextvars.copy_context()
        context.run(_depth.set, depth + 1)
        try:
            future: t.Any = executor.submit(context.run, function, *arguments)
        except (RuntimeError, TypeError) as error:
            self.check_open()
            raise _unusable(executor, f"it does not accept tasks: {error}") from error
        if not callable(getattr(future, "add_done_callback", None)):
            raise _unusable(executor, f"submit() must return a future, not {future!r}")
        return t.cast(Future, future)

    def _new_executor(self) -> concurrent.futures.Executor:
        try:
            executor: t.Any = self._executor_class(max_workers=self.size)
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"thread_pool_executor: cannot create an executor with max_workers={self.size}: {error}."
            ) from error
        if not all(callable(getattr(executor, name, None)) for name in ("submit", "shutdown")):
            raise _unusable(executor, "it does not have the methods submit() and shutdown()")
        processes = sys.modules.get("concurrent.futures.process")  # avoid importing the module
        if processes is not None and isinstance(executor, processes.ProcessPoolExecutor):
            raise _unusable(executor, "it runs functions in other processes")
        return t.cast("concurrent.futures.Executor", executor)

    def watch(self, tasks: Tasks[t.Any, t.Any]) -> None:
        """Register ``tasks``, so that :meth:`close` wakes the caller that waits for them."""
        with self._lock:
            self.check_open()
            self._waiting.add(tasks)

    def check_open(self) -> None:
        """Raise :class:`UsageError` if the workers are closed."""
        if self._closed:
            raise UsageError("The pager is closed. Read its lists before you close it.")

    def close(self) -> None:
        """Cancel the tasks that have not started, and wake all waiting threads. Running tasks are not interrupted."""
        with self._lock:
            self._closed = True
            executors, waiting = list(self._executors.values()), list(self._waiting)
            self._executors.clear()
        for executor in executors:
            executor.shutdown(wait=False, cancel_futures=True)
        for tasks in waiting:
            tasks.wake()


def _unusable(executor: object, reason: str) -> UsageError:
    return UsageError(
        f"thread_pool_executor: cannot use {type(executor).__module__}.{type(executor).__qualname__}: {reason}. "
        "Use a class that runs functions in threads, such as concurrent.futures.ThreadPoolExecutor."
    )


@dataclasses.dataclass
class _Outcome(t.Generic[R]):
    """The return value or the exception of a task that ran."""

    result: R | None = None
    error: BaseException | None = None


def _run(function: t.Callable[..., R], arguments: tuple[object, ...]) -> _Outcome[R]:
    try:
        return _Outcome(function(*arguments))
    except BaseException as error:  # raised again in the thread that waits for it
        return _Outcome(error=error)


class Tasks(t.Generic[K, R]):
    """The tasks of one list, which run on :class:`Workers`.

    Each task has a key. The results are returned in the order in which the tasks end.
    """

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._ended: queue.SimpleQueue[tuple[K, Future] | None] = queue.SimpleQueue()
        self._futures: set[Future] = set()
        self.running = 0
        workers.watch(self)

    def start(self, key: K, function: t.Callable[..., R], *arguments: object) -> None:
        """Start ``function(*arguments)``. :meth:`next_ended` returns its result with ``key``."""
        future = self._workers.submit(_run, function, arguments)
        self.running += 1
        self._futures.add(future)
        future.add_done_callback(functools.partial(self._put, key))

    def _put(self, key: K, future: Future) -> None:
        self._futures.discard(future)
        self._ended.put((key, future))

    def next_ended(self) -> tuple[K, R]:
        """Wait for a task to end. Return its key and its result, or raise its error.

        Raise :class:`UsageError` if the executor lost the task, or if the workers are closed.
        """
        ended = self._ended.get()
        if ended is None or ended[1].cancelled():
            self._workers.check_open()
            raise UsageError("thread_pool_executor: the executor canceled a request.")
        key, future = ended
        self.running -= 1
        error = future.exception()
        if error is not None:
            raise UsageError(
                f"thread_pool_executor: the executor cannot run requests: {type(error).__name__}: {error}. Use a class "
                "that runs functions in threads, such as concurrent.futures.ThreadPoolExecutor."
            ) from error
        outcome = future.result()
        if not isinstance(outcome, _Outcome):
            raise UsageError(
                f"thread_pool_executor: the executor returned {type(outcome).__name__} instead of a request's result."
            )
        if outcome.error is not None:
            raise outcome.error
        return key, t.cast(R, outcome.result)

    def wake(self) -> None:
        """Make :meth:`next_ended` raise an error."""
        self._ended.put(None)

    def drop(self) -> None:
        """Cancel the tasks that have not started, because no caller waits for them any longer."""
        for future in list(self._futures):
            future.cancel()


def ordered_map(workers: Workers, function: t.Callable[[T], R], items: Iterable[T], look_ahead: int) -> Iterator[R]:
    """Yield ``function(item)`` for each of ``items``, in their order. The workers compute the results.

    At most ``look_ahead`` items are in progress or waiting to be yielded. The first error ends the iteration.
    """
    waiting = enumerate(items)
    done: dict[int, R] = {}
    next_index = 0
    tasks: Tasks[int, R] = Tasks(workers)
    try:
        while True:
            while tasks.running + len(done) < look_ahead:
                try:
                    index, item = next(waiting)
                except StopIteration:
                    break
                tasks.start(index, function, item)
            if next_index in done:
                yield done.pop(next_index)
                next_index += 1
            elif tasks.running:
                index, result = tasks.next_ended()
                done[index] = result
            else:
                return
    finally:
        tasks.drop()


def executor_class(name: str | None) -> ExecutorClass:
    """Return the class called ``name`` (``package.module.Class``), or the collection's own class if it is ``None``.

    Raise :class:`UsageError` if the class does not exist.
    """
    if name is None:
        return DaemonThreads
    module, dot, attribute = name.rpartition(".")
    if not dot:
        raise UsageError(f"Invalid thread_pool_executor {name!r}. Use the form package.module.Class.")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"Cannot import thread_pool_executor {name!r}: {error}.") from error
    if not callable(found):
        raise UsageError(f"Invalid thread_pool_executor {name!r}. It must be a class.")
    return t.cast(ExecutorClass, found)

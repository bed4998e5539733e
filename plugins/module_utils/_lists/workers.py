# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Work done side by side: a pool of threads shared by several lists, each with a queue of its own for the answers."""

from __future__ import annotations

import concurrent.futures
import contextvars
import importlib
import queue
import threading
import typing as t
from collections.abc import Iterable, Iterator

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads

K = t.TypeVar("K")
T = t.TypeVar("T")
R = t.TypeVar("R")


class Workers:
    """``size`` threads of an executor, made when the first task comes.

    ``executor_class`` is a drop-in for ``concurrent.futures.ThreadPoolExecutor``.
    """

    def __init__(
        self,
        size: int,
        executor_class: t.Callable[..., concurrent.futures.Executor] = DaemonThreads,
    ) -> None:
        if size < 1:
            raise UsageError(f"max_workers is {size}: at least one is needed.")
        self.size = size
        self._executor_class = executor_class
        self._executor: concurrent.futures.Executor | None = None
        self._lock = threading.Lock()

    def submit(self, function: t.Callable[..., object], *arguments: object) -> concurrent.futures.Future[object]:
        """Run ``function`` in a thread, within a copy of the caller's contextvars (an OpenTelemetry span, say)."""
        with self._lock:  # lists of several threads may begin at once
            if self._executor is None:
                self._executor = self._executor_class(max_workers=self.size)
            executor = self._executor
        # A context can be entered by one thread at a time, so that each task needs a copy of its own.
        return executor.submit(contextvars.copy_context().run, function, *arguments)

    def close(self) -> None:
        """Drop what has not begun; what runs ends by itself."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


class Tasks(t.Generic[K, R]):
    """What one list has under way on :class:`Workers`: tasks with a key each, answered in the order they end."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._ended: queue.SimpleQueue[tuple[K, R | None, BaseException | None]] = queue.SimpleQueue()
        self._futures: set[concurrent.futures.Future[object]] = set()
        self.running = 0

    def start(self, key: K, function: t.Callable[..., R], *arguments: object) -> None:
        """Have ``function(*arguments)`` done; :meth:`next_ended` will give its result with ``key``."""
        self.running += 1
        future = self._workers.submit(self._work, key, function, arguments)
        self._futures.add(future)
        future.add_done_callback(self._futures.discard)

    def _work(self, key: K, function: t.Callable[..., R], arguments: tuple[object, ...]) -> None:
        try:
            result = function(*arguments)
        except BaseException as error:  # raised again in the thread that waits for it
            self._ended.put((key, None, error))
        else:
            self._ended.put((key, result, None))

    def next_ended(self) -> tuple[K, R]:
        """Wait for a task to end and return its key and result, or raise what it raised."""
        key, result, error = self._ended.get()
        self.running -= 1
        if error is not None:
            raise error
        return key, t.cast(R, result)

    def drop(self) -> None:
        """Nobody waits any more: take back what has not begun."""
        for future in list(self._futures):
            future.cancel()


def ordered_map(workers: Workers, function: t.Callable[[T], R], items: Iterable[T], look_ahead: int) -> Iterator[R]:
    """``map(function, items)``, done by the workers, in the order of ``items``.

    At most ``look_ahead`` items are under way or done and not yet taken. The first error ends it.
    """
    waiting = enumerate(items)
    done: dict[int, R] = {}
    wanted = 0
    tasks: Tasks[int, R] = Tasks(workers)
    try:
        while True:
            while tasks.running + len(done) < look_ahead:
                try:
                    number, item = next(waiting)
                except StopIteration:
                    break
                tasks.start(number, function, item)
            if wanted in done:
                yield done.pop(wanted)
                wanted += 1
            elif tasks.running:
                number, result = tasks.next_ended()
                done[number] = result
            else:
                return
    finally:
        tasks.drop()


def executor_class(name: str | None) -> t.Callable[..., concurrent.futures.Executor]:
    """The class that ``package.module.Class`` names; our own for ``None``. Raises :class:`UsageError` for no class."""
    if name is None:
        return DaemonThreads
    module, dot, attribute = name.rpartition(".")
    if not dot:
        raise UsageError(f"thread_pool_executor is {name!r}: write package.module.Class.")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"thread_pool_executor is {name!r}: {error}.") from error
    if not callable(found):
        raise UsageError(f"thread_pool_executor is {name!r}, which is no class.")
    return t.cast("t.Callable[..., concurrent.futures.Executor]", found)

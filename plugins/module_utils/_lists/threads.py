# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""An executor whose threads do not prevent Python from exiting.

Before Python exits, it waits for the threads of ``concurrent.futures.ThreadPoolExecutor``, even after Ctrl-C. If NetBox
does not respond, Python would wait until the timeout.
"""

from __future__ import annotations

import concurrent.futures
import queue
import threading
import typing as t

Task = tuple["concurrent.futures.Future[t.Any]", t.Callable[[], t.Any]]


class DaemonThreads(concurrent.futures.Executor):
    """An executor that starts up to ``max_workers`` threads as tasks arrive."""

    def __init__(self, max_workers: int) -> None:
        self._max_workers = max_workers
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, fn: t.Callable[..., t.Any], /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        """Run ``fn(*args, **kwargs)`` in a thread, and return a future for the result."""
        future: concurrent.futures.Future[t.Any] = concurrent.futures.Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._tasks.put((future, lambda: fn(*args, **kwargs)))
            if len(self._threads) < self._max_workers:
                thread = threading.Thread(target=self._work, name=f"netbox.cursor {len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            if task is None:
                return
            future, call = task
            if future.set_running_or_notify_cancel():
                try:
                    result = call()
                except BaseException as error:  # the future raises it in the caller's thread
                    future.set_exception(error)
                else:
                    future.set_result(result)
                    del result
            # Free the memory of the last rows while the thread waits.
            del task, future, call

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Accept no more tasks. Optionally wait for the threads, and cancel the tasks that have not started."""
        with self._lock:
            self._closed = True
            while cancel_futures:
                try:
                    task = self._tasks.get_nowait()
                except queue.Empty:
                    break
                if task is not None:
                    task[0].cancel()
            for dummy in self._threads:
                self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

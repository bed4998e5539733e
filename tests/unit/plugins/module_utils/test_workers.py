# Copyright (c) 2026 The netbox.cursor authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results arrive in order, within bounds, and in the caller's context. An executor that fails is an error."""

from __future__ import annotations

import concurrent.futures
import contextlib
import contextvars
import math
import operator
import subprocess
import sys
import threading
import time
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.netbox.cursor.plugins.module_utils._http.errors import UsageError
from ansible_collections.netbox.cursor.plugins.module_utils._lists.threads import DaemonThreads
from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import (
    Tasks,
    Workers,
    executor_class,
    ordered_map,
)
from ansible_collections.netbox.cursor.tests import _programs
from ansible_collections.netbox.cursor.tests._timing import SOON

trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="none")


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(items=st.lists(st.integers(), max_size=50), size=st.integers(1, 8), look_ahead=st.integers(1, 12))
def test_results_come_in_order_and_no_more_is_begun_than_may_be(items: list[int], size: int, look_ahead: int) -> None:
    workers, begun, taken = Workers(size), [], []

    def work(item: int) -> int:
        begun.append(item)
        return item + 1

    for result in ordered_map(workers, work, items, look_ahead):
        taken.append(result)
        assert len(begun) <= len(taken) + look_ahead
    workers.close()
    assert taken == [item + 1 for item in items]


def test_the_callers_context_is_seen_in_all_threads() -> None:
    workers = Workers(4)
    trace.set("span 7")
    assert list(ordered_map(workers, lambda dummy: trace.get(), range(20), 8)) == ["span 7"] * 20
    workers.close()


def test_a_drop_in_executor_does_the_work() -> None:
    made: list[int] = []

    class Executor(concurrent.futures.ThreadPoolExecutor):
        def __init__(self, max_workers: int) -> None:
            made.append(max_workers)
            super().__init__(max_workers, thread_name_prefix="own")

    workers = Workers(3, Executor)
    names = list(ordered_map(workers, lambda dummy: threading.current_thread().name, range(9), 5))
    workers.close()
    assert made == [3]
    assert all(name.startswith("own") for name in names)


def test_an_error_ends_it_and_is_raised() -> None:
    workers, begun = Workers(2), []

    def work(item: int) -> int:
        begun.append(item)
        if item == 3:
            raise ZeroDivisionError
        return item

    with pytest.raises(ZeroDivisionError):
        list(ordered_map(workers, work, range(1000), 4))
    workers.close()
    assert len(begun) < 20


def test_an_error_of_the_items_is_raised_after_what_came_before() -> None:
    def items() -> t.Iterator[int]:
        yield 1
        raise LookupError

    workers = Workers(2)
    with pytest.raises(LookupError):
        list(ordered_map(workers, str, items(), 4))
    assert list(ordered_map(workers, str, [2], 4)) == ["2"]
    workers.close()


def test_nothing_more_is_begun_once_nobody_reads_on() -> None:
    begun: list[int] = []
    workers = Workers(1)
    results = t.cast("t.Generator[None, None, None]", ordered_map(workers, begun.append, range(1000), 5))
    next(results)
    results.close()
    workers.submit(str).result(5)
    assert len(begun) <= 6
    workers.close()


def test_tasks_are_answered_with_their_key_as_they_end() -> None:
    workers, gate = Workers(2), threading.Event()
    tasks: Tasks[str, bool] = Tasks(workers)
    tasks.start("waits", gate.wait, 5)
    tasks.start("is quick", bool, 0)
    assert tasks.next_ended() == ("is quick", False)
    assert tasks.running == 1
    gate.set()
    assert tasks.next_ended() == ("waits", True)
    assert tasks.running == 0
    workers.close()


def test_lists_that_begin_at_once_share_one_executor() -> None:
    both, made = threading.Barrier(2), []

    class Executor(concurrent.futures.ThreadPoolExecutor):
        def __init__(self, max_workers: int) -> None:
            made.append(self)
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(0.2)  # a second error would arrive here as well
            super().__init__(max_workers)

    workers = Workers(2, Executor)
    threads = [threading.Thread(target=workers.submit, args=(str,)) for dummy in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    workers.close()
    assert len(made) == 1


def test_each_thread_sees_the_context_of_its_own_caller() -> None:
    workers = Workers(2)
    futures = []
    for name in ("one", "two", "three"):
        trace.set(name)
        futures.append(workers.submit(trace.get))
    assert [future.result(5) for future in futures] == ["one", "two", "three"]
    workers.close()


def test_context_of_a_task_is_not_visible_to_the_next_task() -> None:
    workers = Workers(1)
    trace.set("of the caller")
    workers.submit(trace.set, "of the task").result(5)
    assert workers.submit(trace.get).result(5) == "of the caller"
    assert trace.get() == "of the caller"
    workers.close()


def test_a_class_is_found_by_its_name() -> None:
    assert executor_class("concurrent.futures.ThreadPoolExecutor") is concurrent.futures.ThreadPoolExecutor


@pytest.mark.parametrize("name", ["ThreadPoolExecutor", "no.such.Class", "concurrent.futures.Nothing", "math.pi"])
def test_executor_name_without_a_class_is_rejected(name: str) -> None:
    with pytest.raises(UsageError, match="thread_pool_executor"):
        executor_class(name)


class FailingInitializer(concurrent.futures.ThreadPoolExecutor):
    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, initializer=lambda: 1 / 0)


class FailingOnce(concurrent.futures.ThreadPoolExecutor):
    """Loses the second task: its future raises instead of running the function."""

    submitted = 0

    def submit(self, fn: t.Any, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        self.submitted += 1
        return super().submit(operator.truediv, 1, 0) if self.submitted == 2 else super().submit(fn, *args, **kwargs)


class RefusingOnce(concurrent.futures.ThreadPoolExecutor):
    """Raises an error for the second task."""

    submitted = 0

    def submit(self, fn: t.Any, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        self.submitted += 1
        if self.submitted == 2:
            raise RuntimeError("can't start new thread")
        return super().submit(fn, *args, **kwargs)


class Canceling(concurrent.futures.ThreadPoolExecutor):
    def submit(self, fn: t.Any, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        future: concurrent.futures.Future[t.Any] = concurrent.futures.Future()
        future.cancel()
        return future


class WithoutFutures(concurrent.futures.ThreadPoolExecutor):
    def submit(self, fn: t.Any, /, *args: t.Any, **kwargs: t.Any) -> t.Any:
        return fn(*args, **kwargs)


@pytest.mark.parametrize(
    "executor",
    [
        concurrent.futures.ProcessPoolExecutor,
        FailingInitializer,
        FailingOnce,
        RefusingOnce,
        Canceling,
        WithoutFutures,
        dict,
        math.floor,
        object,
    ],
)
@pytest.mark.parametrize("size", [1, 4])
def test_executor_that_cannot_run_requests_is_an_error(executor: t.Any, size: int) -> None:
    began = time.monotonic()
    workers = Workers(size, executor)
    with pytest.raises(UsageError, match="thread_pool_executor"):
        list(ordered_map(workers, str, range(20), 3))
    workers.close()
    assert time.monotonic() - began < SOON


def test_close_wakes_a_caller_that_waits() -> None:
    workers, gate, errors = Workers(2), threading.Event(), []

    def wait() -> None:
        try:
            list(ordered_map(workers, gate.wait, [30] * 9, 4))
        except UsageError as error:
            errors.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    while not workers._executors:
        time.sleep(0.001)
    workers.close()
    thread.join(1)
    gate.set()
    assert not thread.is_alive()
    assert errors == ["The pager is closed. Read its lists before you close it."]


def test_closed_workers_accept_no_task() -> None:
    workers = Workers(2)
    workers.close()
    with pytest.raises(UsageError, match="closed"):
        workers.submit(str)
    with pytest.raises(UsageError, match="closed"):
        list(ordered_map(workers, str, [1], 2))


@pytest.mark.parametrize("executor", [DaemonThreads, concurrent.futures.ThreadPoolExecutor])
def test_tasks_that_wait_for_tasks_never_block_each_other(executor: t.Any) -> None:
    workers = Workers(2, executor)

    def count(depth: int) -> int:
        return 1 + sum(ordered_map(workers, count, [depth - 1] * 3, 3)) if depth else 1

    assert list(ordered_map(workers, count, [2, 2, 2], 3)) == [13, 13, 13]
    workers.close()


def test_at_least_one_worker_is_needed() -> None:
    with pytest.raises(UsageError, match="max_workers"):
        Workers(0)


def test_threads_end_with_the_workers() -> None:
    before = set(threading.enumerate())
    workers: t.Any = Workers(4)
    list(ordered_map(workers, str, range(10), 5))
    threads = set(threading.enumerate()) - before
    assert threads
    workers.close()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)


def test_threads_of_our_own_do_what_those_of_python_do() -> None:
    before = set(threading.enumerate())
    pool = DaemonThreads(2)
    begun, go_on = threading.Event(), threading.Event()

    def patient(word: str, number: int) -> str:
        begun.set()
        go_on.wait(5)
        return word * number

    first = pool.submit(patient, "a", number=3)
    wrong = pool.submit(lambda: 1 / 0)
    assert begun.wait(5)
    with pytest.raises(ZeroDivisionError):
        wrong.result(5)
    busy = pool.submit(go_on.wait, 5)
    while not busy.running():
        pass
    late = pool.submit(int)
    assert late.cancel()
    later = pool.submit(int)
    pool.shutdown(wait=False, cancel_futures=True)
    assert later.cancelled() and first.running()
    go_on.set()
    pool.shutdown()
    assert first.result() == "aaa" and busy.result()
    with pytest.raises(RuntimeError):
        pool.submit(int)
    assert not set(threading.enumerate()) - before


def test_python_ends_though_a_thread_of_ours_is_busy() -> None:
    code = (
        "import time\n"
        "from ansible_collections.netbox.cursor.plugins.module_utils._lists.workers import Workers\n"
        "Workers(2).submit(time.sleep, 60)\n"
        "raise KeyboardInterrupt\n"
    )
    environment = _programs.environment()
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, timeout=30, check=False)
    assert b"KeyboardInterrupt" in ended.stderr

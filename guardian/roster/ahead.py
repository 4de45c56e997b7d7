"""Reading ahead: blocks are made in a worker thread while the database works on those before."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Iterator

from guardian.roster.staging import Block

_PATIENCE = 0.2
"""Seconds between two looks at whether anybody still wants blocks."""


async def ahead(blocks: Iterator[Block], *, depth: int) -> AsyncIterator[Block]:
    """The same blocks, up to `depth` of them made before they are asked for. An error of the reader is raised here.

    The thread is a future of the executor and not a task: a task would inherit the open transaction.
    """
    ready: queue.Queue[Block | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def put(item: Block | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                ready.put(item, timeout=_PATIENCE)
            except queue.Full:
                continue
            return

    def pump() -> None:
        try:
            for block in blocks:
                put(block)
                if stopped.is_set():
                    return
            put(None)
        except Exception as error:  # noqa: BLE001 (handed to whoever waits)
            put(error)

    loop = asyncio.get_running_loop()
    running = loop.run_in_executor(None, pump)
    try:
        while (item := await loop.run_in_executor(None, ready.get)) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stopped.set()
        await running

"""A bounded load on one address of this machine: keep-alive connections, each in its own thread."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Request = tuple[bytes, dict[str, str]]


@dataclass(frozen=True)
class Result:
    """What a run saw: requests a second, latencies in milliseconds, answers that were not a success."""

    per_second: float
    p50: float
    p99: float
    failures: int


def run(port: int, path: str, make: Callable[[int], Iterator[Request]], *, connections: int, seconds: float) -> Result:
    """POST to `path` from `connections` threads for `seconds`; `make(n)` yields thread n's requests."""
    latencies: list[list[float]] = [[] for _ in range(connections)]
    failures = [0] * connections
    begin = threading.Barrier(connections + 1)

    def client(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        requests = make(number)
        begin.wait()
        end = time.perf_counter() + seconds
        while (started := time.perf_counter()) < end:
            body, headers = next(requests)
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            latencies[number].append(time.perf_counter() - started)
            failures[number] += answer.status >= 300

    threads = [threading.Thread(target=client, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    begin.wait()
    for thread in threads:
        thread.join()
    every = sorted(latency * 1000 for one in latencies for latency in one)
    return Result(len(every) / seconds, every[len(every) // 2], every[int(len(every) * 0.99)], sum(failures))

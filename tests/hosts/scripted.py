"""A web server that answers what a test tells it, fault by fault, and remembers what it was asked."""

import json
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    verb: str
    path: str
    query: dict
    headers: dict
    body: object


@dataclass
class Script:
    """The answers to come, one a request; the last one is given again and again."""

    url: str = ""
    answers: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def then(self, *answers):
        self.answers.extend(answers)
        return self

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def answer(body, status=200, **headers):
    """Answer whole: JSON of `body`, or text and bytes as they are."""
    content = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()

    def give(handler):
        handler.send_response_only(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return give


def page(rows, number=1, last=1):
    """Answer one page of a Laravel paginator."""
    following = f"/?page={number + 1}" if number < last else None
    return answer({"current_page": number, "data": rows, "last_page": last, "next_page_url": following})


def half(body):
    """Promise more than is sent."""
    content = json.dumps(body).encode()

    def give(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])

    return give


def reset(handler):
    """Hang up in the middle of the talk."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def silence(handler):
    """Say nothing until the other side gives up."""
    handler.connection.settimeout(5)
    with suppress(OSError):
        handler.connection.recv(1)


class _Handler(BaseHTTPRequestHandler):
    def _any(self):
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        script = self.server.script
        script.asked.append(
            Asked(self.command, parts.path, query, dict(self.headers), json.loads(body) if body else None)
        )
        script.next()(self)

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815 - the names the library calls

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


@contextmanager
def serving():
    """Serve a script on a free port of this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    script = server.script = Script(url=f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

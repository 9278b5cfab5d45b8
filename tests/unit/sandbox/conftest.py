"""A shop that only listens: real HTTP on a free port, keeping every request's raw bytes and headers."""

import threading
from dataclasses import dataclass, field

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from payments_moota.sandbox import create_sandbox

SECRET = "kunci-uji"


@dataclass
class Received:
    path: str
    body: bytes
    headers: dict[str, str]


@dataclass
class ListeningShop:
    url: str = ""
    status: int = 200
    answer: str = '{"status": "received", "delivery": "7"}'
    received: list[Received] = field(default_factory=list)

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.received.append(Received(request.path, request.get_data(), dict(request.headers)))
        return Response(self.answer, status=self.status, mimetype="application/json")(environ, start_response)


@pytest.fixture
def shop():
    listening = ListeningShop()
    server = make_server("127.0.0.1", 0, listening)
    listening.url = f"http://127.0.0.1:{server.server_port}/webhook/moota"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield listening
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(shop):
    return create_sandbox(shop.url, SECRET).test_client()

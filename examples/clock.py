"""A server in another language: tells the time, and answers /health as mpm-io's http-managed style understands it.

Standard library only. PORT=3730 python3 examples/clock.py
"""

import json
import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.time()
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "3730"))


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Clock(BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/health":
            return self.answer(200, {
                "status": "healthy",
                "server_id": os.environ.get("MPM_IO_NAME", "clock"),
                "version": "1.0.0",
                "pid": os.getpid(),
                "uptime_seconds": round(time.time() - STARTED, 3),
                "port": self.server.server_port,
                "host": HOST,
            })
        if path == "/":
            return self.answer(200, {"time": now()})
        return self.answer(404, {"error": "not found"})

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, form, *values):
        print(now(), form % values, flush=True)


def main():
    server = ThreadingHTTPServer((HOST, PORT), Clock)
    server.daemon_threads = True

    def end(_signal, _frame):
        # shutdown() waits for serve_forever(), which runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, end)
    print(f"clock on http://{HOST}:{server.server_port}", flush=True)
    server.serve_forever()
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())

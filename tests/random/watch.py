"""Stands between cbk and the simulated cloud, and looks at every instance's protection after each change.

Between two states an instance must not be less protected than in both, unless the plan has said so ('gap').
"""
import http.client
import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def protection(world):
    """Which instances are bound to a policy that works for them: a set of ids."""
    policies = {policy["id"] for policy in world["backup_policies"]}
    return {b["data_source_id"] for b in world["bindings"] if not b.get("disabled") and b["policy_id"] in policies}


class Watch:
    def __init__(self, upstream):
        self.upstream = upstream
        self.seen = []  # the protected instances after each change
        self.lock = threading.Lock()
        watch = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def forward(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                with watch.lock:
                    status, headers, answer = watch.pass_on(self.command, self.path, self.headers, body)
                self.send_response_only(status)
                for name, value in headers:
                    if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = forward

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"

    def pass_on(self, method, path, headers, body):
        """One request, unchanged: the signature covers the Host header. Then a look at the world."""
        connection = http.client.HTTPConnection(self.upstream.split("//")[1], timeout=60)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        self.seen.append(protection(self.world()))
        return answer.status, answer.getheaders(), content

    def world(self):
        with urllib.request.urlopen(f"{self.upstream}/_sim/world", timeout=30) as answer:
            return json.load(answer)

    def close(self):
        self.server.shutdown()
        self.server.server_close()

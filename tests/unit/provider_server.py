"""A server that behaves like the two mail APIs, as far as their documents say.

usage: provider_server.py PORT LOG    each mail it accepts is a line of JSON in LOG

Resend:   POST /emails with `Authorization: Bearer good`. A key it has seen with the same body gives
          the same answer and no second mail; with another body, 409 invalid_idempotent_request.
SendGrid: POST /v3/mail/send, 202 without a body.
The word in the subject's brackets asks for an answer: [429], [500], [403], [422], [concurrent].
"""
import http.server
import json
import re
import sys

LOG = sys.argv[2]
SEEN = {}


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *unused):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def accept(self, body):
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps({"path": self.path, "body": body}) + "\n")

    def error_of(self, status, message):
        if self.path == "/emails":
            return {"statusCode": status, "message": message, "name": "an_error"}
        return {"errors": [{"message": message, "field": None, "help": None}]}

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != "Bearer good":
            return self.answer(401, self.error_of(401, "API key is invalid"))
        if self.headers["Content-Type"] != "application/json":
            return self.answer(415, self.error_of(415, "not JSON"))
        body = json.loads(raw)
        wish = re.search(r"\[(\w+)\]", body["subject"])
        if wish and wish[1].isdigit():
            status = int(wish[1])
            headers = [("Retry-After", "7")] if status in (429, 503) else []
            return self.answer(status, self.error_of(status, "as you wished"), headers)
        if self.path == "/emails":
            return self.resend(raw, body, wish)
        if self.path == "/v3/mail/send":
            self.accept(body)
            return self.answer(202, None)
        return self.answer(404, self.error_of(404, "no such path"))

    def resend(self, raw, body, wish):
        key = self.headers["Idempotency-Key"]
        if wish and wish[1] == "concurrent":
            return self.answer(409, {"name": "concurrent_idempotent_requests",
                                     "message": "another request is in progress"})
        if key in SEEN and SEEN[key] != raw:
            return self.answer(409, {"name": "invalid_idempotent_request",
                                     "message": "this key was used with another payload"})
        if key not in SEEN:
            SEEN[key] = raw
            self.accept(body)
        return self.answer(200, {"id": "49a3999c"})


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Api).serve_forever()

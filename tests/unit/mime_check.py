"""Reads mails with Python's email package and compares them with what they were built from.

usage: mime_check.py FOLDER    FOLDER has N.eml and N.json; prints what differs, exit code 1 if any.
"""
import email
import email.header
import email.policy
import email.utils
import json
import pathlib
import sys

# The raw policy sees fields as they are; the default one decodes them.
RAW = email.policy.compat32
DECODED = email.policy.default

EXPECTED_FIELDS = [
    "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "X-Note", "List-Unsubscribe",
    "Content-Type",
]


def line_ends(text):
    """Every line end as CRLF, which is what a text part has in mail."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def body_of(part):
    """Not get_content(), which would replace what is not in the charset."""
    return part.get_payload(decode=True).decode("utf-8")


def trim(text):
    return text.strip(" ")


def check_bytes(data):
    if b"\r" in data.replace(b"\r\n", b"") or b"\n" in data.replace(b"\r\n", b""):
        yield "a CR or LF stands alone"
    if any(byte >= 0x80 for byte in data):
        yield "a byte outside ASCII"
    for line in data.split(b"\r\n"):
        if len(line) > 998:
            yield f"a line of {len(line)} bytes"
    header = data.split(b"\r\n\r\n", 1)[0]
    for line in header.split(b"\r\n"):
        if len(line) > 78 and b" " in line.strip():
            yield f"a header line of {len(line)} bytes that could be folded"
        if not line.strip():
            yield "a header line of white space"
        if b"=?UTF-8?" in line and len(line) > 76:
            yield f"a line with an encoded word of {len(line)} bytes"
        for word in line.split():
            if word.startswith(b"=?UTF-8?") and len(word) > 75:
                yield f"an encoded word of {len(word)} bytes"


def display_name(field):
    """Decoded by email.header: before 3.13 the newer parser left a space between encoded words."""
    phrase = email.utils.parseaddr(field.replace("\r\n", ""))[0]
    return str(email.header.make_header(email.header.decode_header(phrase)))


def check_mailbox(raw, message, field, name, address):
    boxes = message[field].addresses
    if len(boxes) != 1:
        yield f"{field}: {len(boxes)} addresses"
        return
    if display_name(raw[field]) != trim(name):
        yield f"{field}: name {display_name(raw[field])!r}, expected {trim(name)!r}"
    if boxes[0].addr_spec != address:
        yield f"{field}: address {boxes[0].addr_spec!r}, expected {address!r}"


def check(data, expected):
    yield from check_bytes(data)
    raw = email.message_from_bytes(data, policy=RAW)
    if raw.defects:
        yield f"defects: {raw.defects}"
    if list(raw.keys()) != EXPECTED_FIELDS:
        yield f"fields {list(raw.keys())}"
        return
    message = email.message_from_bytes(data, policy=DECODED)
    if str(message["Subject"]) != trim(expected["subject"]):
        yield f"subject {str(message['Subject'])!r}, expected {trim(expected['subject'])!r}"
    if str(message["X-Note"]) != trim(expected["note"]):
        yield f"note {str(message['X-Note'])!r}, expected {trim(expected['note'])!r}"
    yield from check_mailbox(raw, message, "From", expected["from_name"], expected["from"])
    yield from check_mailbox(raw, message, "To", expected["to_name"], expected["to"])
    unsubscribe = "".join(raw["List-Unsubscribe"].split())
    if unsubscribe != "".join(expected["unsubscribe"].split()):
        yield f"List-Unsubscribe {unsubscribe!r}"
    parts = raw.get_payload()
    if raw.get_content_type() != "multipart/alternative" or len(parts) != 2:
        yield f"structure: {raw.get_content_type()}, {len(parts)} parts"
        return
    for part, kind, source in zip(parts, ["text/plain", "text/html"], ["text", "html"]):
        if part.get_content_type() != kind or part.get_content_charset() != "utf-8":
            yield f"part {part.get_content_type()} {part.get_content_charset()}"
        elif body_of(part) != line_ends(expected[source]):
            yield f"{source}: {body_of(part)!r}, expected {line_ends(expected[source])!r}"


def main():
    wrong = 0
    mails = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"), key=lambda path: int(path.stem))
    for path in mails:
        expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        for difference in check(path.read_bytes(), expected):
            wrong += 1
            print(f"{path.name}: {difference}")
    print(f"{len(mails)} mails read, {wrong} differences")
    sys.exit(1 if wrong or not mails else 0)


main()

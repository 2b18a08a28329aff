"""Contract 2.20 once more: events in binary mode. Headers are (name, value) pairs, the value bytes or None."""

ATTRIBUTES = {"ce_specversion": "specversion", "ce_id": "id", "ce_source": "source", "ce_type": "type", "ce_time": "time",
              "content-type": "datacontenttype"}
IDENTITY = ("ce_type", "ce_source", "ce_id", "ce_time")


def is_binary(headers):
    return any(name == "ce_specversion" for name, _ in headers)


def decoded(value):
    """A text; what is no UTF-8 stays bytes, which no rule of an attribute takes."""
    try:
        return None if value is None else value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def members(headers, data):
    """The envelope as (name, value) pairs, as a JSON object would have it."""
    return [(ATTRIBUTES[name], decoded(value)) for name, value in headers if name in ATTRIBUTES] + [("data", data)]


def identity(raw, headers):
    """The bytes that are hashed: of a valid message."""
    if not is_binary(headers):
        return raw
    told = dict(headers)
    return b"".join(told[name] + b"\x1f" for name in IDENTITY) + raw

"""What a worker shows of itself over HTTP: /healthz, /readyz, /metrics."""

import json
import os
import re
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

import brokers
from deployment import CARAVAN, dump, expect, run, wait_until
from registry import SMALL, case, deployment

EVENTS = re.compile(r'^caravan_events_total\{outcome="(\w+)"\} (\d+)$', re.M)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def get(port, path, token=None):
    """Status (0: nobody listens) and text."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def failing(port):
    """The checks of /readyz that say no."""
    status, text = get(port, "/readyz")
    return [check["name"] for check in json.loads(text)["checks"] if not check["ok"]] if status == 503 else []


def health(port, *options):
    return run(CARAVAN, "health", "--set", f"http.listen=127.0.0.1:{port}", *options, check=False)


@case("h-http: a worker says over HTTP whether it is ready and what it did")
def tells(folder):
    d = deployment("http", folder)
    path = d.generate(*SMALL, "--seed", "51", "--invalid", "0.05")
    port = free_port()
    token_path = os.path.join(folder, "token")
    with open(token_path, "w") as token:
        token.write("a-token-of-this-test\n")
    worker = d.start(http__listen=f"127.0.0.1:{port}", http__token_file=token_path)
    wait_until(lambda: get(port, "/readyz")[0] == 200, 60, "the worker is ready")
    expect(health(port).returncode == 0, "caravan health says that it is ready")
    expect(get(port, "/metrics")[0] == 401 and get(port, "/nothing")[0] == 401, "without the token only health is told")
    d.load(path)
    d.wait_done()
    with open(path, "rb") as lines:
        count = sum(1 for _ in lines)

    def told():
        return {outcome: int(number) for outcome, number in EVENTS.findall(get(port, "/metrics", "a-token-of-this-test")[1])}
    wait_until(lambda: sum(told().values()) == count, 10, f"/metrics counts {count} events: {told()}")
    rejected = sum(high - low for low, high in d.ends("dead-letters").values())
    expect(0 < told()["rejected"] <= rejected, f"{told()['rejected']} rejected, {rejected} dead letters and markers")
    expect(get(port, "/nothing", "a-token-of-this-test")[0] == 404, "what is not there is not found")
    trains_are_the_records(d, port, "a-token-of-this-test")
    taken = d.start(name="second", http__listen=f"127.0.0.1:{port}")
    expect(taken.wait(20) == 2 and "cannot listen" in taken.text(), f"a taken address that was asked for: {taken.text()[-400:]}")
    d.workers.remove(taken)
    taken.log.close()
    expect(worker.stop() == 0, "an orderly stop")
    expect(get(port, "/healthz")[0] == 0 and health(port).returncode == 1, "then nobody listens")
    d.verify()


def trains_are_the_records(d, port, token):
    """/v1 has every train, arrived ones byte for byte as in their topic, and what went wrong last."""
    latest = {message.key: message.value for message in dump(d.topics["clearances"])}
    keys, after = [], ""
    while after is not None:
        page = json.loads(get(port, f"/v1/trains?limit=50{after}", token)[1])
        keys += ["|".join(line["train"][name] for name in ("number", "date", "port")) for line in page["trains"]]
        after = f"&after={urllib.parse.quote(page['next'])}" if "next" in page else None
    expect(keys == sorted(set(keys)) and {key.encode() for key in keys} >= set(latest), "the list has every train, once")
    for key in list(latest)[:40]:
        status, text = get(port, f"/v1/trains/{urllib.parse.quote(key)}", token)
        expect(status == 200 and text.encode() == latest[key], f"{key}: {status} {text[:200]}")
    facts = json.loads(get(port, f"/v1/trains/{urllib.parse.quote(keys[0])}/facts", token)[1])
    ends = d.ends()[facts["partition"]]
    expect(facts["facts"] and all(ends[0] <= fact["offset"] < ends[1] for fact in facts["facts"]), f"where facts come from: {facts}")
    rejects = json.loads(get(port, "/v1/rejects", token)[1])["rejects"]
    reasons = {value for message in dump(d.topics["dead-letters"]) for name, value in message.headers if name == "__caravan.errors.reason"}
    expect(rejects and {reject["reason"].encode() for reject in rejects} <= reasons, f"rejects: {rejects[:3]}")


@case("h-outage: without a broker a worker is alive and not ready", needs_broker=True)
def outage(folder):
    d = deployment("httpout", folder)
    port = free_port()
    d.start(http__listen=f"127.0.0.1:{port}", http__ready_within="2s")
    wait_until(lambda: get(port, "/readyz")[0] == 200, 60, "the worker is ready")
    brokers.broker("kill-broker")
    began = time.monotonic()
    wait_until(lambda: "brokers" in failing(port), 20, "/readyz names the brokers")
    expect(time.monotonic() - began > 1, "it was not at once")
    expect(get(port, "/healthz")[0] == 200 and health(port, "--alive").returncode == 0, "it is alive")
    expect(health(port).returncode == 1, "caravan health says that it is not ready")
    brokers.broker("restart-broker")
    wait_until(lambda: get(port, "/readyz")[0] == 200, 60, "it is ready again")

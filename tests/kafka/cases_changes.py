"""Other limits, other rules, another retention than at the last commit."""

import os

from deployment import dump, expect, wait_until
from helpers import crash_while_changing, live_checkpoints, refused
from registry import SMALL, case, deployment


# ---- j: changed rules and limits

@case("j-limits: changed limits are brought in, with a crash in the middle")
def limits(folder):
    d = deployment("limits", folder, checkpoint__bytes="64MiB")
    d.load(d.generate(*SMALL, "--seed", "17"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    d.settings["limits.message_bytes"] = "512KiB"
    d.settings["limits.train_bytes"] = "4MiB"
    d.write_config()
    crash_while_changing(d)
    d.start()
    wait_until(lambda: all(text.message_bytes == 524288 and text.train_bytes == 4194304 for _, text in d.offsets().values()), 40,
               "the new limits are in every text")
    d.load(d.generate(*SMALL, "--seed", "17", "--trains", "20", name="more"))
    d.wait_done()
    d.verify()


@case("j-rules: changed rules need accept, survive a crash in the middle, give every record anew")
def rules(folder):
    d = deployment("rules", folder, checkpoint__bytes="64MiB")
    d.load(d.generate(*SMALL, "--seed", "18"))
    worker = d.start()
    d.wait_done()
    worker.kill()
    d.settings["merge.policy"] = "never"
    d.write_config()
    refused(d, "rules.change")
    d.settings["rules.change"] = "accept"
    d.write_config()
    crash_while_changing(d)
    d.start()
    wait_until(lambda: all(text.merge == "never" for _, text in d.offsets().values()), 40, "the new rules are in every text")
    d.load(d.generate(*SMALL, "--seed", "18", "--trains", "20", name="more"))
    d.wait_done()
    d.verify(repeats=True)


# ---- k: retention

@case("k-retention: expiry across restarts, raised and lowered")
def retention(folder):
    d = deployment("retention", folder, partitions=2, retention__days="20", checkpoint__bytes="16KiB", emit="always")
    events = d.generate("--preset", "xinjiang-2020", "--scale", "0.02", "--trains", "300", "--seed", "20")
    with open(events, "rb") as lines:
        all_lines = lines.readlines()
    third = len(all_lines) // 3
    horizons = []
    for index, days in enumerate(("20", "45", "10")):
        path = os.path.join(d.folder, f"part{index}.keyed")
        with open(path, "wb") as part:
            part.writelines(all_lines[index * third:(index + 1) * third if index < 2 else len(all_lines)])
        d.settings["retention.days"] = days
        d.write_config()
        worker = d.start()
        d.load(path)
        d.wait_done()
        worker.kill() if index == 0 else expect(worker.stop() == 0, "SIGTERM ends with 0")
        offsets = d.offsets()
        expect(all(text.retention_days == int(days) for _, text in offsets.values()), "the text has the retention in force")
        horizons.append({partition: text.h for partition, (_, text) in offsets.items()})
    for before, after in zip(horizons, horizons[1:]):
        expect(all(before[partition] <= after[partition] for partition in before), f"a horizon went back: {horizons}")
    check_expiry(d, horizons[-1])


def check_expiry(d, horizons):
    records, _, _ = d.expected()
    last, expired = {}, set()
    for message in dump(d.topics["clearances"]):
        expect(message.key not in expired, f"{message.key} was emitted after its expiry")
        expect(message.key not in last or last[message.key].value != message.value, f"{message.key} was emitted twice in a row")
        last[message.key] = message
        if b'"expired":true' in message.value:
            expired.add(message.key)
    dropped = 0
    late = {tuple(dict(letter.headers)[f"__caravan.errors.{name}"] for name in ("partition", "offset"))
            for letter in dump(d.topics["dead-letters"]) if dict(letter.headers)["__caravan.errors.reason"] == b"TOO_LATE"}
    late_keys = {message.key for message in dump(d.topics["input"])
                 if (str(message.partition).encode(), str(message.offset).encode()) in late}
    for key, message in last.items():
        date = key.split(b"|")[1].decode()
        if date < horizons[message.partition]:
            dropped += 1
            expect(key in expired or b'"status":"cleared"' in message.value, f"{key} was dropped uncleared without a last record")
        elif key not in late_keys:
            expect(message.value == records[key][0], f"{key} is within the horizon and differs from file mode")
    expect(dropped > 20 and expired, f"too little expired to tell: {dropped}")
    keys = set(message.key.split(b"\x1f")[0] for message in live_checkpoints(d))
    expect(all(key.split(b"|")[1].decode() >= min(horizons.values()) for key in keys), "a dropped train still has a checkpoint")

"""Contract 2.6, 3 and 4 once more: facts, registers, and who is on the train."""

from binary import identity, is_binary, members
from values import by_bytes, container_is_regular, milliseconds, read, told, xxh3

MISMATCH_FIELDS = ("seal", "size_type", "tare_kg", "wagon")


def train_key(train):
    return train["number"], train["date"], train["port"]


class Fact:
    def __init__(self, raw, line, headers=()):
        self.line = line
        event = read(raw, told)
        if is_binary(headers):
            event = told(members(headers, event))
        self.type = event["type"].split(".", 1)[1].rsplit(".", 1)[0]
        self.data = event["data"]
        self.time = milliseconds(event["time"])
        self.order = (self.time, by_bytes(event["source"]), by_bytes(event["id"]), xxh3(identity(raw, headers)))
        self.train = train_key(self.data["train"])

    def registers(self):
        data = self.data
        if self.type in ("manifest.transmitted", "manifest.deleted"):
            return [("manifest", data["waybill"]["number"])]
        if self.type == "train.composed":
            return [("composition",)]
        if self.type == "train.arrived":
            return [("arrival",)]
        if self.type == "control.reported":
            return [("control", data["scope"], data.get("ref", ""), data["kind"],
                     data.get("authority", data["train"]["port"][:2]))]
        if self.type == "declaration.lodged":
            return [("declaration", waybill, data["step"]) for waybill in data["waybills"]]
        if self.type == "declaration.decided":
            return [("decision", data["declaration_number"])]
        if self.type == "merge.applied":
            return [("application", data["application"])]
        if self.type == "tally.reported":
            return [("tally", data["container"])]
        if self.type == "train.linked":
            return [("link", data["role"], "|".join(train_key(data["other"])))]
        assert self.type == "container.tracked", self.type
        written = [("tracked", data["container"])]
        if data["event"] in ("sealed", "resealed"):
            written.append(("seal", data["container"]))
        if data["event"] == "door-opened":
            written.append(("opened", data["container"]))
        return written


class Train:
    """A train's registers: name to newest fact."""

    def __init__(self):
        self.registers = {}

    def join(self, fact):
        for name in fact.registers():
            old = self.registers.get(name)
            if old is None or old.order < fact.order:
                self.registers[name] = fact

    def of(self, kind):
        return {name[1:]: fact for name, fact in self.registers.items() if name[0] == kind}

    def one(self, kind):
        return self.registers.get((kind,))


class Claim:
    def __init__(self, waybill, manifest, entry):
        self.waybill, self.order, self.entry = waybill, manifest.order, entry

    @property
    def load(self):
        return self.entry.get("load", "FCL")

    def value(self, field):
        value = self.entry.get(field)
        return value.decimal() if field == "tare_kg" and value is not None else value

    def dangerous(self):
        return {entry["un"] for item in self.entry["goods"] for entry in item.get("dangerous", [])}


class Picture:
    """What contract 4 makes of a train: the used claims of each container on it, and the alerts on the way."""

    def __init__(self, train):
        self.train = train
        self.manifests = {name[0]: fact for name, fact in train.of("manifest").items()
                          if fact.type == "manifest.transmitted"}
        claims = {}
        for waybill, fact in self.manifests.items():
            for entry in fact.data["containers"]:
                claims.setdefault(entry["number"], []).append(Claim(waybill, fact, entry))
        self.claims = {number: sorted(own, key=lambda claim: claim.order) for number, own in claims.items()}
        composition = train.one("composition")
        self.composed = composition is not None
        self.wagons = composition.data["wagons"] if self.composed else []
        self.listed = {slot["number"]: (wagon, slot) for wagon in self.wagons for slot in wagon["containers"]}
        self.on_train = set(self.listed) if self.composed else set(self.claims)
        self.off_train = set(self.claims) - self.on_train
        unclaimed = {number: slot for number, (_, slot) in self.listed.items() if number not in self.claims}
        self.domestic = {number for number, slot in unclaimed.items() if slot.get("domestic", False)}
        self.empties = {number for number, slot in unclaimed.items() if slot.get("empty", False)} - self.domestic
        self.missing = set(unclaimed) - self.domestic - self.empties
        self.alerts = [{"kind": "container-number", "container": number}
                       for number in self.on_train if not container_is_regular(number)]
        self.used = {number: self.use(number) for number in self.on_train if number in self.claims}
        self.live = {claim.waybill for used in self.used.values() for claim in used}

    def use(self, number):
        claims = self.claims[number]
        slot = self.listed[number][1] if self.composed else {}
        if slot.get("domestic", False):
            self.alerts.append({"kind": "domestic-with-manifest", "container": number})
        elif slot.get("empty", False):
            self.alerts.append({"kind": "empty-with-goods", "container": number})
        if len(claims) > 1 and any(claim.load == "FCL" for claim in claims):
            self.alerts.append({"kind": "container-claimed-twice", "container": number,
                                "waybills": sorted((claim.waybill for claim in claims), key=by_bytes)})
            return claims[-1:]
        return claims

    def shown(self, number, field):
        """The newest used claim's value; None when no claim has one."""
        for claim in reversed(self.used[number]):
            if field in claim.entry:
                return claim.value(field)
        return None

    def goods(self, number):
        return [item for claim in self.used[number] for item in claim.entry["goods"]]

    def mismatches(self):
        for number, used in self.used.items():
            for field in MISMATCH_FIELDS:
                if field == "wagon" and self.composed:
                    continue
                having = sorted((c for c in used if field in c.entry), key=lambda claim: by_bytes(claim.waybill))
                if len({claim.value(field) for claim in having}) > 1:
                    yield {"kind": "container-mismatch", "container": number, "field": field,
                           "values": [{"waybill": c.waybill, "value": c.value(field)} for c in having]}

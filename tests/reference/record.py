"""Contract 5 once more: the record of a train."""

from decimal import Decimal

from train import Picture, train_key
from values import DAY_MS, TEU, by_bytes, canonical, instant, milliseconds, normalised, xxh3

POLICIES = ("auto", "applied", "never")
LEVELS = ("none", "summary", "full", "release")
NOT_BLOCKING = ("container-number", "link-missing")
PASSES = ("passed", "released")


class Rules:
    def __init__(self, merge="auto", require="summary", recognised=()):
        self.merge, self.require, self.recognised = merge, require, sorted(set(recognised), key=by_bytes)

    def recognises_control(self, authority, kind):
        return "control:%s:%s" % (authority, kind) in self.recognised

    def recognises_operators(self, country, date):
        return any(item[:7] == "aeo:%s:" % country and item[7:] <= date for item in self.recognised)


# Contract 5.2 to 5.5 and 2.8: declarations


def acting(manifest):
    waybill = manifest.data["waybill"]
    if waybill["direction"] == "exit":
        return waybill["consignor"]
    return waybill.get("declarant", waybill["consignee"]) if waybill["direction"] == "transit" else waybill["consignee"]


def counterpart(manifest):
    waybill = manifest.data["waybill"]
    return {"exit": waybill["consignee"], "entry": waybill["consignor"], "transit": None}[waybill["direction"]]


def application_of(train, waybill):
    """The application with the smallest id that lists the waybill, or None."""
    listing = [name[0] for name, fact in train.of("application").items() if waybill in fact.data["waybills"]]
    return min(listing, key=by_bytes) if listing else None


def declaration_key(key, picture, waybill, policy):
    """The fields that declaration ids are made of, and the application, if any."""
    stated = picture.manifests[waybill].data["waybill"]
    first = key + (stated["direction"],)
    application = application_of(picture.train, waybill) if policy == "applied" else None
    alone = (policy == "never" or stated["direction"] == "transit" or "contract" not in stated or
             (policy == "applied" and application is None))
    if alone:
        return first + ("w", waybill), None
    fields = first + ("m", acting(picture.manifests[waybill])["code"], stated["contract"],
                      normalised(stated["product"]))
    return (fields + (application,) if policy == "applied" else fields), application


def group(key, picture, policy):
    groups = {}
    for waybill in picture.live:
        fields, application = declaration_key(key, picture, waybill, policy)
        groups.setdefault(fields, (application, []))[1].append(waybill)
    return groups


def total(goods, field):
    return sum((item[field].decimal() for item in goods if field in item), Decimal(0))


def lines_of(goods):
    groups = {}
    for item in goods:
        key = (item.get("hs", ""), normalised(item["description"]), item.get("package_type", "PK"),
               item.get("currency", ""))
        groups.setdefault(key, []).append(item)
    lines = []
    for key in sorted(groups, key=lambda fields: tuple(map(by_bytes, fields))):
        items = groups[key]
        line = {"description": min((item["description"] for item in items), key=by_bytes),
                "package_type": key[2], "merged": len(items)}
        for name in ("packages", "gross_kg", "net_kg"):
            line[name] = total(items, name)
        if key[0]:
            line["hs"] = key[0]
        if key[3]:
            line["currency"], line["value"] = key[3], total(items, "value")
        lines.append(line)
    return lines


def values_of(amounts):
    values = {}
    for currency, amount in amounts:
        values[currency] = values.get(currency, Decimal(0)) + amount
    return values


class Steps:
    """Contract 5.10 and 5.20: what was declared of each waybill, void steps apart."""

    def __init__(self, train):
        self.decisions = {name[0]: fact for name, fact in train.of("decision").items()}
        self.of = {}  # waybill to step to fact
        self.void = set()  # waybills that have a void step
        for (waybill, step), fact in train.of("declaration").items():
            if self.decided(fact, "refused", "withdrawn"):
                self.void.add(waybill)
            else:
                self.of.setdefault(waybill, {})[step] = fact

    def decided(self, fact, *outcomes):
        """The decision on a step, if it is one of these."""
        decision = self.decisions.get(fact.data.get("declaration_number"))
        if decision is not None and decision.order > fact.order and decision.data["outcome"] in outcomes:
            return decision
        return None

    def releases(self, waybill):
        found = (self.decided(fact, "released") for fact in self.of.get(waybill, {}).values())
        return [decision for decision in found if decision is not None]

    def declared(self, waybills):
        steps = [self.of.get(waybill, {}) for waybill in waybills]
        if all("full" in own for own in steps):
            return "full"
        return "summary" if all(steps) else "none"

    def in_advance(self, waybills, arrived_at):
        return all(min(milliseconds(fact.data["lodged_at"]) for fact in self.of[waybill].values()) < arrived_at
                   for waybill in waybills)

    def rests_on(self, waybill, require):
        """Times of what the clearance rests on for a live waybill."""
        own = self.of.get(waybill, {})
        if require == "summary":
            return [min(fact.time for fact in own.values())]
        if require == "full":
            return [own["full"].time]
        return [min(decision.time for decision in self.releases(waybill))] if require == "release" else []


def recognised_partner(manifest, rules):
    party = counterpart(manifest)
    return (party is not None and "aeo" in party and
            rules.recognises_operators(party["country"], manifest.data["train"]["date"]))


def declaration(fields, application, waybills, picture, steps, arrived_at, rules):
    waybills = sorted(waybills, key=by_bytes)
    manifests = [picture.manifests[waybill] for waybill in waybills]
    newest = max(manifests, key=lambda fact: fact.order)
    stated = newest.data["waybill"]
    own = [(number, claim) for number, used in picture.used.items() for claim in used if claim.waybill in waybills]
    lines = lines_of([item for _, claim in own for item in claim.entry["goods"]])
    declared = steps.declared(waybills)
    aeo = all("aeo" in acting(manifest) for manifest in manifests)
    aeo_partner = all(recognised_partner(manifest, rules) for manifest in manifests)
    result = {
        "id": "%032x" % xxh3(b"\x1f".join(by_bytes(field) for field in fields)),
        "direction": stated["direction"], "product": stated["product"], "waybills": waybills,
        "party": {name: value for name, value in acting(newest).items() if name in ("code", "name", "country", "aeo")},
        "containers": sorted({number for number, _ in own}, key=by_bytes), "lines": lines,
        "values": values_of((line["currency"], line["value"]) for line in lines if "currency" in line),
        "aeo": aeo, "aeo_partner": aeo_partner, "priority": int(aeo) + int(aeo_partner), "declared": declared,
        "advance": declared != "none" and arrived_at is not None and steps.in_advance(waybills, arrived_at),
        "released": all(steps.releases(waybill) for waybill in waybills)}
    for name in ("packages", "gross_kg", "net_kg"):
        result[name] = sum(line[name] for line in lines)
    if "contract" in stated:
        result["contract"] = stated["contract"]
    if application is not None:
        result["application"] = application
    return result


# Contract 5.7, 5.8, 5.16 to 5.18: what is wrong with containers


def seal_of(picture, number):
    """The seal shown, and the alert when a seal was put on that is not the claimed one."""
    claimed = picture.shown(number, "seal")
    fact = picture.train.registers.get(("seal", number))
    if fact is None:
        return claimed, None
    found = fact.data["seal"]
    if fact.data["event"] == "sealed" and claimed is not None and claimed != found:
        return found, {"kind": "seal-changed", "container": number, "expected": claimed, "found": found}
    return found, None


def door_alerts(picture):
    inspections = {}
    for (scope, ref, kind, _), fact in picture.train.of("control").items():
        if scope == "container" and kind == "physical-inspection":
            inspections.setdefault(ref, []).append(fact.time)
    for (number,), opened in picture.train.of("opened").items():
        if number in picture.on_train and all(at < opened.time - DAY_MS for at in inspections.get(number, [])):
            yield {"kind": "door-opened", "container": number}


def tally_alerts(picture):
    for (number,), fact in picture.train.of("tally").items():
        if number not in picture.listed and number not in picture.claims:
            yield {"kind": "tally-unexpected", "container": number}
        if number not in picture.used:
            continue
        for field, tolerance in (("packages", 0), ("gross_kg", 5)):
            expected = total(picture.goods(number), field)
            if field in fact.data and abs(fact.data[field].decimal() - expected) * 100 > expected * tolerance:
                yield {"kind": "tally-mismatch", "container": number, "field": field,
                       "expected": expected, "found": fact.data[field].decimal()}


def declared_dangerous(picture, number):
    return {un for claim in picture.used.get(number, []) for un in claim.dangerous()}


def passes_for(picture, number):
    """Whether somebody looked at the papers or the goods of a container's dangerous goods and let them pass."""
    telling = {claim.waybill for claim in picture.used[number] if claim.dangerous()}
    return any(kind in ("document", "physical-inspection") and fact.data["outcome"] in PASSES and
               (scope == "train" or (scope == "container" and ref == number) or (scope == "waybill" and ref in telling))
               for (scope, ref, kind, _), fact in picture.train.of("control").items())


def dangerous_alerts(picture):
    found = {}
    for (scope, ref, _, _), fact in picture.train.of("control").items():
        if scope == "container":
            found.setdefault(ref, set()).update(entry["un"] for entry in fact.data.get("found", []))
    for number in picture.on_train:
        declared = declared_dangerous(picture, number)
        undeclared = found.get(number, set()) - declared
        if undeclared:
            yield {"kind": "dangerous-undeclared", "container": number, "un": sorted(undeclared)}
        if declared and not passes_for(picture, number):
            yield {"kind": "dangerous-unchecked", "container": number, "un": sorted(declared)}


def link_alerts(picture):
    for (role, other), fact in picture.train.of("link").items():
        if role == "from" and picture.composed:
            for number in set(fact.data["containers"]) - picture.on_train:
                yield {"kind": "link-missing", "container": number, "expected": other}


def alerts_of(picture, seals):
    alerts = picture.alerts + [alert for _, alert in seals.values() if alert is not None]
    for source in (Picture.mismatches, door_alerts, tally_alerts, dangerous_alerts, link_alerts):
        alerts += source(picture)
    return sorted(alerts, key=lambda a: (a["kind"], a["container"], a.get("field", ""),
                                         by_bytes(a["expected"]) if isinstance(a.get("expected"), str) else b""))


# Contract 5.9 and 5.19: controls


def controls_of(picture, rules):
    """The open controls, and the accepted ones."""
    every = picture.train.of("control")
    opened, accepted = [], []
    for name in sorted(every, key=lambda name: tuple(map(by_bytes, name))):
        (scope, ref, kind, authority), fact = name, every[name]
        matters = scope == "train" or (ref in picture.live if scope == "waybill" else ref in picture.on_train)
        if not matters or fact.data["outcome"] in PASSES:
            continue
        shown = {"scope": scope, "kind": kind, "authority": authority}
        if scope != "train":
            shown["ref"] = ref
        accepting = [(other.order, by, other) for (s, r, k, by), other in every.items()
                     if (s, r, k) == (scope, ref, kind) and by != authority and rules.recognises_control(by, kind) and
                     other.data["outcome"] in PASSES and other.order > fact.order]
        if accepting:
            _, by, other = max(accepting)
            accepted.append({**shown, "by": by, "at": instant(other.time)})
        else:
            opened.append({**shown, "outcome": fact.data["outcome"], "at": instant(fact.time)})
    return opened, accepted


# Contract 5.11 to 5.15: the record


def reasons_of(picture, record, steps, require):
    below = {"none": (), "full": ("none", "summary")}.get(require, ("none",))
    lacking = [d for d in record["declarations"] if d["declared"] in below]
    unreleased = [d for d in record["declarations"] if require == "release" and not d["released"]]
    refused = any(waybill in steps.void for d in lacking + unreleased for waybill in d["waybills"])
    holds = {"composition-missing": not picture.composed, "declaration-refused": refused,
             "conflict": any(alert["kind"] not in NOT_BLOCKING for alert in record["alerts"]),
             "containers-missing": bool(picture.missing), "control-open": bool(record["controls"]),
             "declaration-missing": bool(lacking), "release-missing": bool(unreleased)}
    return sorted(name for name, holding in holds.items() if holding)


def status_of(arrived, reasons):
    if not arrived:
        return "open"
    if not reasons:
        return "cleared"
    holding = {"conflict", "control-open", "declaration-refused"}
    return "held" if holding.intersection(reasons) else "incomplete"


def rests_on(picture, steps, rules):
    kinds = ["manifest", "composition", "arrival", "control", "tally"]
    if rules.merge == "applied":
        kinds.append("application")
    times = [fact.time for kind in kinds for fact in picture.train.of(kind).values()]
    return max(times + [time for waybill in picture.live for time in steps.rests_on(waybill, rules.require)])


def told_of(fact, *names):
    """Members of a fact's data as they are shown: numbers cut to six digits behind the point."""
    return {name: fact.data[name] if isinstance(fact.data[name], str) else fact.data[name].cut(6)
            for name in names if name in fact.data}


def container(picture, number, seal):
    used = picture.used[number]
    tare = picture.shown(number, "tare_kg")
    result = {"number": number, "size_type": picture.shown(number, "size_type"),
              "load": "FCL" if any(claim.load == "FCL" for claim in used) else "LCL",
              "tare_kg": Decimal(0) if tare is None else tare,
              "waybills": sorted((claim.waybill for claim in used), key=by_bytes),
              "dangerous": sorted(declared_dangerous(picture, number))}
    if seal is not None:
        result["seal"] = seal
    if picture.composed:
        wagon, _ = picture.listed[number]
        result["wagon"], result["position"] = wagon["wagon"], wagon["position"].decimal()
    elif picture.shown(number, "wagon") is not None:
        result["wagon"] = picture.shown(number, "wagon")
    tally = picture.train.registers.get(("tally", number))
    if tally is not None:
        result["tally"] = {"at": instant(tally.time), "damaged": tally.data.get("damaged", False),
                           **told_of(tally, "packages", "gross_kg", "seal")}
    tracked = picture.train.registers.get(("tracked", number))
    if tracked is not None:
        result["last"] = {"event": tracked.data["event"], "at": instant(tracked.time),
                          **told_of(tracked, "place", "latitude", "longitude")}
    return result


def links_of(train):
    links = [(fact.data["role"], *train_key(fact.data["other"]), fact.data["containers"])
             for fact in train.of("link").values() if fact.data["containers"]]
    return [{"role": role, "train": {"number": number, "date": date, "port": port}, "containers": sorted(containers)}
            for role, number, date, port, containers in sorted(links)]


def totals_of(picture, record):
    containers, declarations = record["containers"], record["declarations"]
    shown_wagons = {c["wagon"] for c in containers if "wagon" in c}
    totals = {
        "waybills": len(picture.live), "declarations": len(declarations), "containers": len(containers),
        "empty_containers": len(picture.empties),
        "wagons": len(picture.wagons) if picture.composed else len(shown_wagons),
        "teu": sum((Decimal(TEU[c["size_type"][0]]) for c in containers), Decimal(0)),
        "tare_kg": sum((c["tare_kg"] for c in containers), Decimal(0)),
        "values": values_of((cur, amount) for d in declarations for cur, amount in d["values"].items())}
    for name in ("packages", "gross_kg", "net_kg"):
        totals[name] = sum(d[name] for d in declarations)
    return totals


def record_of(key, train, rules, expired=False):
    """The record of a train, with its digest, as canonical text."""
    picture, steps = Picture(train), Steps(train)
    arrival = train.one("arrival")
    arrived_at = milliseconds(arrival.data["arrived_at"]) if arrival else None
    live = set(train.registers.values())
    seals = {number: seal_of(picture, number) for number in picture.used}
    opened, accepted = controls_of(picture, rules)
    record = {
        "schema": "rail.clearance.v1", "train": dict(zip(("number", "date", "port"), key)),
        "rules": {"merge": rules.merge, "require": rules.require, "recognised": rules.recognised},
        "facts": {"count": len(live), "first_at": instant(min(fact.time for fact in live)),
                  "last_at": instant(max(fact.time for fact in live))},
        "declarations": sorted((declaration(fields, application, waybills, picture, steps, arrived_at, rules) for
                                fields, (application, waybills) in group(key, picture, rules.merge).items()),
                               key=lambda d: d["id"]),
        "containers": [container(picture, number, seals[number][0]) for number in sorted(picture.used)],
        "missing": sorted(picture.missing), "off_train": sorted(picture.off_train),
        "domestic": sorted(picture.domestic), "controls": opened, "accepted": accepted, "links": links_of(train),
        "alerts": alerts_of(picture, seals)}
    record["totals"] = totals_of(picture, record)
    record["reasons"] = reasons_of(picture, record, steps, rules.require)
    record["status"] = status_of(arrival is not None, record["reasons"])
    if arrival is not None:
        record["arrived_at"], record["arrived_place"] = instant(arrived_at), arrival.data["place"]
    if record["status"] == "cleared":
        last = rests_on(picture, steps, rules)
        record["cleared_at"] = instant(last)
        record["clearance_seconds"] = max(0, last - arrived_at) // 1000
    if expired:
        record["expired"] = True
    record["digest"] = "%032x" % xxh3(by_bytes(canonical(record)))
    return canonical(record)

/* The words of the output, a row each. What a record or a dead letter can say is listed in other rooms (STATUS_NAMES,
 * REASON_NAMES, ALERT_NAMES, reject_name); tests/unit/commands/test_explain.c fails when one of those has no row here,
 * so a new one cannot go out unexplained. Rows of a kind stand together, as `explain` without a word needs it. The last
 * text is for whoever reads the record at a border or a control room: it says who has to act and what settles it, not
 * what happens inside. It is empty where nothing is to be done. */
#include "commands/explain.h"

static const struct explanation EXPLANATIONS[] = {
    /* statuses */
    {EXPLAIN_STATUS, "open", "not yet at the border",
     "The train has not been reported as arrived. Its record shows what is known so far.",
     "Nothing, until it arrives. With emit=ready, a worker does not write records of open trains."},
    {EXPLAIN_STATUS, "cleared", "arrived, and nothing stands against it",
     "The train has arrived and no reason blocks it. cleared_at is the time of the last fact that this rests on; "
     "clearance_seconds counts from the arrival to it.",
     "Let it pass. A later fact (an amendment, a control) can still take the clearance back: the newest record is the "
     "one that "
     "counts."},
    {EXPLAIN_STATUS, "held", "a conflict, an open control or a refusal holds it",
     "The train has arrived, and its facts contradict each other (reason conflict), a control is open (reason "
     "control-open), or customs refused a declaration (reason declaration-refused).",
     "Read the alerts and controls of the record: each names the container or waybill and what was found."},
    {EXPLAIN_STATUS, "incomplete", "something is still to come",
     "The train has arrived and nothing contradicts, but something is missing: a composition, a container's manifest "
     "or a declaration.",
     "Read the reasons: each says who must send what."},

    /* reasons, by name, as a record writes them (contract 5.11) */
    {EXPLAIN_REASON, "composition-missing", "nobody has reported which containers stand on which wagon",
     "No rail.train.composed.v1 event is known for the train, so it is not certain what is on it. Until then every "
     "claimed container counts "
     "as on the train.",
     "Ask the railway for the train's composition."},
    {EXPLAIN_REASON, "conflict", "facts contradict each other",
     "At least one alert stands that blocks: two facts about a container cannot both be right, or something in it is "
     "not "
     "as declared. All kinds do but container-number and link-missing.",
     "Settle each alert: the sender of the wrong fact sends an amended one, or customs reports a control."},
    {EXPLAIN_REASON, "containers-missing", "loaded containers without a manifest",
     "The composition lists containers, not as empty, that no active waybill claims. They stand in `missing`.",
     "Ask for their manifests; or, if they are empty, for a composition that says so."},
    {EXPLAIN_REASON, "control-open", "a control is ordered or failed",
     "A control on the train, on one of its live waybills or on a container on it was ordered or has failed, and is "
     "neither passed nor released, nor does a pass of another customs count for it (see recognised).",
     "Carry it out and report its outcome. The record lists each under `controls`."},
    {EXPLAIN_REASON, "declaration-missing", "goods are not declared as required",
     "At least one declaration is below what clearance.require asks for: summary (the default) or full; release asks "
     "for "
     "a summary here. What customs refused or the declarant withdrew does not count.",
     "Ask the acting party of each declaration whose `declared` is too low to lodge it, for every waybill in it."},
    {EXPLAIN_REASON, "declaration-refused", "customs refused a declaration, or it was withdrawn",
     "A live waybill has a step whose declaration number was refused or withdrawn since, and its declaration lacks "
     "what "
     "clearance.require asks for.",
     "Lodge the step anew, under a new number or after the decision; whatever is lodged later is judged by later "
     "decisions "
     "only."},
    {EXPLAIN_REASON, "release-missing", "customs have not released the goods",
     "clearance.require is release, and a declaration has a waybill without a step that a decision released.",
     "Wait for rail.declaration.decided.v1 with outcome released; it must name the number under which the step was "
     "lodged."},

    /* alerts, by name; what settles one follows from the rule that raises it (contract 4.1 to 4.4, 5.7, 5.8, 5.16
     * to 5.18) */
    {EXPLAIN_ALERT, "container-claimed-twice", "two manifests claim the whole container",
     "Several waybills claim the container, and at least one of them as a full load (FCL). Only the newest claim is "
     "used; the alert names the "
     "waybills of all of them.",
     "Find out whose it is. The other sender amends or deletes their manifest, or all of them declare it as shared "
     "(LCL)."},
    {EXPLAIN_ALERT, "container-mismatch", "manifests describe the container differently",
     "Waybills that share the container give it different seals, types, tare weights or, without a composition, "
     "wagons. `field` says which, "
     "`values` says who says what; the newest value is shown.",
     "Look at the container, and ask the sender of the wrong value for an amendment."},
    {EXPLAIN_ALERT, "container-number", "the number is not regular",
     "The fourth letter is none that the standards (ISO 6346, EN 13044) know, or the check digit is wrong. It is taken "
     "as "
     "it is written and blocks nothing.",
     "Look at the container. If it is written otherwise there, the senders of its number amend it."},
    {EXPLAIN_ALERT, "dangerous-unchecked", "declared dangerous goods that nobody checked",
     "The container's goods are declared as dangerous (`un`), and no document control or physical inspection of the "
     "container, of a waybill that declares them or of the train was passed or released.",
     "Check papers or container, and report the control with its outcome. One is enough."},
    {EXPLAIN_ALERT, "dangerous-undeclared", "dangerous goods were found that nobody declared",
     "A control of the container found the UN numbers in `un`, which none of its goods declares.",
     "Hold the container. The waybill that carries them is to be amended; if the finding was wrong, the same control "
     "is "
     "reported again without it."},
    {EXPLAIN_ALERT, "domestic-with-manifest", "listed as inland goods, but claimed by a waybill",
     "The composition lists the container as domestic, which needs no manifest, while a waybill claims it. It counts "
     "as "
     "claimed.",
     "Find out whether it crosses the border. Then either the composition or the manifest is to be amended."},
    {EXPLAIN_ALERT, "door-opened", "a door was opened without an inspection",
     "The doors of the container were reported as opened, and no physical inspection is known from 24 hours before "
     "that on.",
     "Inspect the container and report it: a physical-inspection control on the container, with any outcome, settles "
     "this alert."},
    {EXPLAIN_ALERT, "empty-with-goods", "listed as empty, but goods are claimed in it",
     "The composition lists the container as empty, while a waybill claims goods in it. It counts as claimed.",
     "Look inside. Then either the composition or the manifest is to be amended."},
    {EXPLAIN_ALERT, "link-missing", "a container that the train before brought is not on this one",
     "A link says that this train goes on with the container of another one (`expected`), and the composition does not "
     "have it. It blocks nothing: boxes may stay behind at the gauge break.",
     "Find out where the container is: on a later train, or lost."},
    {EXPLAIN_ALERT, "seal-changed", "the seal found is not the one declared",
     "A seal was reported on the container that differs from the one in its manifests. `expected` is the declared one, "
     "`found` the reported one.",
     "Inspect the container. A resealing that was in order is reported as `resealed` and settles this alert; so does "
     "an amended manifest."},
    {EXPLAIN_ALERT, "tally-mismatch", "what was counted is not what was declared",
     "The tally of the container differs from the sum of its declared goods: in packages, or by more than 5 % in gross "
     "weight. `field` says in which, `expected` is declared, `found` counted.",
     "Count or weigh again and report the tally anew, or ask for an amended manifest."},
    {EXPLAIN_ALERT, "tally-unexpected", "a container was tallied that nobody knows",
     "A tally was reported for a container that the composition does not list and no waybill claims.",
     "Find out which train it belongs to, and whose it is."},

    /* rejects, in the order of the checks (contract 8.3): a message has the reason of the first that it fails, so what
     * stands above is in order */
    {EXPLAIN_REJECT, "TOO_LARGE", "message above the size limit",
     "The message is longer than limits.message_bytes (1 MiB by default).",
     "Split it: one waybill an event, 200 containers a waybill at most."},
    {EXPLAIN_REJECT, "NOT_JSON", "not one JSON text in UTF-8",
     "The bytes are not exactly one JSON text in valid UTF-8, are empty, or nest deeper than 64 levels.",
     "Look at the producer's encoding, and at what cuts its messages short."},
    {EXPLAIN_REJECT, "BAD_ENVELOPE", "the CloudEvents envelope is wrong",
     "The message is no object, or one of specversion, id, source, type, time, data or datacontenttype is missing or "
     "wrong. A message with a header ce_specversion is in binary mode: its attributes are headers, whatever its value "
     "is.",
     "The pointer names the attribute. Send CloudEvents 1.0, in JSON structured mode or in binary mode."},
    {EXPLAIN_REJECT, "UNKNOWN_TYPE", "no such event type", "The event's type is none of the eleven that Caravan reads.",
     "Correct the type, or send such events to another topic."},
    {EXPLAIN_REJECT, "MISSING_FIELD", "a required member is absent",
     "A member of data that this type of event requires is not there, or null, which is the same.",
     "The pointer says where it should stand."},
    {EXPLAIN_REJECT, "BAD_FIELD", "a value breaks its rule",
     "A value in data has the wrong type or form or is out of range, or stands twice in a list that must not repeat.",
     "The pointer names the value and the message its rule."},
    {EXPLAIN_REJECT, "DUPLICATE_MEMBER", "a member stands twice in one object",
     "A member that Caravan reads appears twice in one object (in binary mode also the header of an attribute), so "
     "that it "
     "is not certain which one is meant.",
     "Correct the producer: most JSON writers never do this."},
    {EXPLAIN_REJECT, "LIMIT_EXCEEDED", "more than allowed",
     "A list is longer than allowed; or with this event the train would hold more than limits.train_bytes (8 MiB by "
     "default) of live events.",
     "With a pointer: shorten that list. Without: find out why one train has so much, or raise the limit."},
    {EXPLAIN_REJECT, "KEY_MISMATCH", "the message key is not the train",
     "The Kafka key is absent or is not `number|date|port` of the train in the event, so that it may stand in the "
     "wrong partition.",
     "Correct the producer's key."},
    {EXPLAIN_REJECT, "TIME_IN_FUTURE", "the event is ahead of its clock",
     "The event's time is more than 24 hours after the time at which Kafka took it.",
     "Correct the sender's clock or time zone, and send it again."},
    {EXPLAIN_REJECT, "TOO_LATE", "the train is already dropped",
     "The train's date is before the horizon: retention.days (75 by default) behind the latest event of its partition.",
     "Look at the last record of the train. If it must be reopened, raise retention.days before sending the event "
     "again."},

    /* terms: members and words of the documents that are no code; they block nothing, so there is little to do */
    {EXPLAIN_TERM, "register", "one thing that is known of a train",
     "A train's state is a set of registers: a waybill's manifest, the composition, the arrival, a control, and so on. "
     "Each holds only its "
     "newest fact, by time, then source, id and hash of the event.",
     ""},
    {EXPLAIN_TERM, "claim", "a manifest says that a container is its",
     "Each container in an active manifest is a claim. A claim is as new as its manifest.", ""},
    {EXPLAIN_TERM, "live-waybill", "a waybill with cargo on the train",
     "A waybill whose newest fact is a transmission (not a deletion), and of which at least one used claim is on the "
     "train.",
     ""},
    {EXPLAIN_TERM, "live-event", "an event that still says something",
     "An event that is the newest of at least one register. Others can be forgotten without changing any record.", ""},
    {EXPLAIN_TERM, "accepted", "an event that changed something",
     "The event became the newest of at least one register.", ""},
    {EXPLAIN_TERM, "duplicate", "an event that came before, byte for byte",
     "The message is identical to one that is live or still remembered. It changes nothing.",
     "Nothing: repeats are harmless."},
    {EXPLAIN_TERM, "stale", "an event that came too late to matter",
     "Every register that the event writes already holds a newer fact. It changes nothing.",
     "Nothing: order is of no importance."},
    {EXPLAIN_TERM, "missing", "listed on the train, claimed by nobody",
     "Containers that the composition lists, not as empty, and that no active waybill claims.",
     "See containers-missing."},
    {EXPLAIN_TERM, "off_train", "claimed, but not on the train",
     "Containers that a waybill claims and the composition does not list. Their goods count nowhere and they raise no "
     "alert but link-missing.",
     "If they travel on another train, its own manifest must claim them."},
    {EXPLAIN_TERM, "declared", "how far goods are declared",
     "Of a declaration: full if every waybill in it is declared in full, else summary if every one is declared at all, "
     "else none.",
     "See declaration-missing."},
    {EXPLAIN_TERM, "advance", "declared before the arrival",
     "Every waybill of the declaration was declared before the train arrived.", ""},
    {EXPLAIN_TERM, "aeo", "every acting party is authorised",
     "The acting party (consignor on exit, consignee on entry, declarant in transit) of every waybill in the "
     "declaration is an authorised economic operator.",
     ""},
    {EXPLAIN_TERM, "aeo_partner", "every counterpart is a recognised authorised operator",
     "The party across the border of every waybill in the declaration is an authorised operator of a country whose "
     "operators are recognised for the train's date. priority counts aeo and aeo_partner.",
     "See recognised."},
    {EXPLAIN_TERM, "recognised", "what other customs said counts here",
     "The option and the record's list of control:CC:KIND, passes of CC's customs that close controls of others, and "
     "aeo:CC:DATE, authorised operators of CC for trains from that date on. Controls closed so stand under `accepted`.",
     "Every worker of a group needs the same list; a change is one of rules (rules.change)."},
    {EXPLAIN_TERM, "domestic", "inland goods that ride along",
     "Containers that the composition lists as domestic and no waybill claims. They need no manifest.", ""},
    {EXPLAIN_TERM, "released", "customs let the goods go",
     "Of a declaration: every waybill in it has a step that a later decision released.", "See release-missing."},
    {EXPLAIN_TERM, "expired", "the last record of a dropped train",
     "The train was dropped by retention before it was cleared. No later record of it will come.",
     "Close the case by hand, or find out why it was never cleared."},
    {EXPLAIN_TERM, "digest", "a fingerprint of the record",
     "XXH3-128 of the record's canonical bytes without the digest. Two records with the same digest rest on the same "
     "facts.",
     "Compare digests instead of records."},
};

enum { EXPLANATION_COUNT = sizeof EXPLANATIONS / sizeof EXPLANATIONS[0] };

const struct explanation *explain_at(size_t i) {
    return i < EXPLANATION_COUNT ? &EXPLANATIONS[i] : NULL;
}

/* A walk over all: there are some fifty rows, and it is asked once for each word that a person reads. */
const struct explanation *explain_find(struct slice code) {
    for (size_t i = 0; i < EXPLANATION_COUNT; i++) {
        if (slice_equal(code, slice_of(EXPLANATIONS[i].code))) {
            return &EXPLANATIONS[i];
        }
    }
    return NULL;
}

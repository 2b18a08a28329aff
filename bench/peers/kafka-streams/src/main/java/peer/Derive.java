package peer;

import static peer.Bytes8.*;
import static peer.Out.ascii;

import com.dynatrace.hash4j.hashing.HashValue128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import peer.Fact.Manifest;

/** Sections 4 and 5: the record of a train from its registers. Scratch memory is kept; one thread. */
final class Derive {
    static final int AUTO = 0, APPLIED = 1, NEVER = 2;
    static final String[] POLICIES = {"auto", "applied", "never"};
    static final int NONE = 0, SUMMARY = 1, FULL = 2;
    static final String[] LEVELS = {"none", "summary", "full"};

    /** A container entry of an active manifest. */
    static final class Claim {
        Manifest m;
        int at, al;                  // where the entry stands in the manifest's ints and longs
        Train.Waybill w;
        Claim next;                  // further used claims of the waybill

        boolean lcl() { return m.ints[at + Manifest.C_LCL] != 0; }
        int slice(int field) { return m.ints[at + field]; }
        boolean hasTare() { return m.ints[at + Manifest.C_HAS_TARE] != 0; }
        long tare() { return m.longs[al + Manifest.C_TARE]; }
    }

    /** A claimed container on the train. */
    private static final class Shown {
        long box;
        int from, to;                // its used claims, oldest first
        boolean lcl;
        Claim seal, wagon, tare;     // the newest that has one
        int listed;                  // index of its wagon in the composition, or -1
        Fact.Tracked last, sealed;
    }

    private static final class Alert {
        int kind, field;             // both in order of their names
        long box;
        Claim[] claims;
        Fact expectedText, foundText;
        int expected, found;
    }

    private static final int CLAIMED_TWICE = 0, MISMATCH = 1, DOOR_OPENED = 2, EMPTY_WITH_GOODS = 3, SEAL_CHANGED = 4;
    private static final String[] ALERTS = {"container-claimed-twice", "container-mismatch", "door-opened", "empty-with-goods",
        "seal-changed"};
    private static final int F_SEAL = 0, F_SIZE = 1, F_TARE = 2, F_WAGON = 3;
    private static final String[] FIELDS = {"seal", "size_type", "tare_kg", "wagon"};

    private static final class Group {
        long idHigh, idLow;
        Train.Waybill[] waybills = new Train.Waybill[16];
        int count;
        Manifest newest;
        byte[] application;
        int declared;
        boolean advance, aeo;
    }

    private static final class Line {
        long hash, hs;
        int type, currency;
        Manifest m;                  // where the normal description stands
        int normal;
        Manifest shown;              // the smallest raw description
        int description;
        long packages, gross, net, high, low;
        int merged;
    }

    /** Exact sums by currency, sorted. */
    private static final class Money {
        int count;
        int[] currency = new int[8];
        long[] high = new long[8], low = new long[8];

        void add(int c, long h, long l) {
            int i = count;
            while (i > 0 && currency[i - 1] >= c) i--;
            if (i == count || currency[i] != c) {
                if (count == currency.length) {
                    currency = Arrays.copyOf(currency, count * 2);
                    high = Arrays.copyOf(high, count * 2);
                    low = Arrays.copyOf(low, count * 2);
                }
                System.arraycopy(currency, i, currency, i + 1, count - i);
                System.arraycopy(high, i, high, i + 1, count - i);
                System.arraycopy(low, i, low, i + 1, count - i);
                currency[i] = c;
                high[i] = h;
                low[i] = l;
                count++;
                return;
            }
            low[i] += l;
            high[i] += h + (Long.compareUnsigned(low[i], l) < 0 ? 1 : 0);
        }

        void write(Out o) {
            o.put('{');
            for (int i = 0; i < count; i++) {
                if (i > 0) o.put(',');
                o.packed(currency[i]);
                o.put(':');
                o.money(high[i], low[i]);
            }
            o.put('}');
        }
    }

    private static final Comparator<Train.Waybill> BY_NAME = (a, b) -> Arrays.compareUnsigned(a.name, b.name);
    private static final Comparator<Claim> BY_WAYBILL = (a, b) -> BY_NAME.compare(a.w, b.w);
    private static final Comparator<Group> BY_ID = (a, b) -> {
        int c = Long.compareUnsigned(a.idHigh, b.idHigh);
        return c != 0 ? c : Long.compareUnsigned(a.idLow, b.idLow);
    };
    private static final Comparator<Alert> BY_ALERT = (a, b) ->
        a.kind != b.kind ? a.kind - b.kind : a.box != b.box ? Long.compare(a.box, b.box) : a.field - b.field;

    private final int policy, require;
    private final byte[] rules;
    final Out out = new Out();
    long digestHigh, digestLow;              // of the record made last

    // scratch
    private int epoch;
    private Claim[] claims = new Claim[0];
    private long[] keys = new long[256];
    private Claim[] order = new Claim[256];
    private Shown[] shown = new Shown[0];
    private int shownCount, usedCount;
    private int carriedCount;                // live waybills: those whose epoch is now
    private Group[] groups = new Group[0];
    private int groupCount;
    private Line[] pool = new Line[0], lines = new Line[64], table = new Line[256];
    private int lineCount;
    private long[] missing = new long[64], offTrain = new long[64], boxes = new long[64];
    private int missingCount, offTrainCount;
    private final ArrayList<Alert> alerts = new ArrayList<>();
    private final ArrayList<Fact.Control> controls = new ArrayList<>();
    private byte[] scratch = new byte[1024];
    private final Money values = new Money(), totals = new Money();

    Derive(int policy, int require) {
        this.policy = policy;
        this.require = require;
        rules = ascii("],\"rules\":{\"merge\":\"" + POLICIES[policy] + "\",\"recognised\":[],\"require\":\"" + LEVELS[require]
            + "\"},\"schema\":\"rail.clearance.v1\",\"status\":\"");
    }

    private static long[] grow(long[] a, int n) { return n < a.length ? a : Arrays.copyOf(a, Math.max(n + 1, a.length * 2)); }

    private Claim claim(int i) {
        if (i >= claims.length) {
            int n = claims.length;
            claims = Arrays.copyOf(claims, Math.max(256, n * 2));
            for (; n < claims.length; n++) claims[n] = new Claim();
        }
        return claims[i];
    }

    private long first, last, cleared;       // times: of all facts, and what a clearance rests on
    private int claimCount, empties;

    /** A fact that a clearance rests on. */
    private void rests(Fact f) {
        if (f == null) return;
        note(f);
        if (f.time > cleared) cleared = f.time;
    }

    /** Any other fact. */
    private void note(Fact f) {
        if (f == null) return;
        if (f.time < first) first = f.time;
        if (f.time > last) last = f.time;
    }

    /** A live waybill's clearance rests on the first of its declarations that is enough. */
    private void restsOnDeclaration(Train.Waybill w) {
        Fact enough = require == FULL || w.summary == null ? w.full : w.summary;
        if (require == SUMMARY && w.full != null && w.full.time < enough.time) enough = w.full;
        if (require != NONE && enough != null && enough.time > cleared) cleared = enough.time;
    }

    /** The canonical record of the train with its digest, or null if it is the one emitted last. */
    byte[] record(Train t) {
        Out o = out;
        epoch++;
        alerts.clear();
        controls.clear();
        shownCount = usedCount = carriedCount = groupCount = missingCount = offTrainCount = claimCount = empties = 0;
        first = Long.MAX_VALUE;
        last = cleared = 0;
        Fact.Composition composition = (Fact.Composition) t.composition;
        Fact.Arrival arrival = (Fact.Arrival) t.arrival;
        rests(composition);
        rests(arrival);
        for (Train.Apply a : t.applications) {
            if (policy == APPLIED) rests(a.fact);
            else note(a.fact);
        }
        if (t.controls != null)
            for (Fact.Control c : t.controls) {
                rests(c);
                if (c != null && c.open()) controls.add(c);
            }
        Train.Waybill[] waybills = t.sorted();
        int count = t.waybillCount;
        for (int i = 0; i < count; i++) look(waybills[i]);
        for (Train.Box b : t.boxes) if (b != null) look(b);
        if (claimCount > 1 << 19) throw new IllegalStateException("more than 2^19 claims on a train");

        long[] listed = composition == null ? null : composition.listed;
        Arrays.sort(keys, 0, claimCount);
        board(t, listed);
        for (Train.Box b : t.boxes)
            if (b != null && (b.opened != null || b.controls != null) && onTrain(listed, b.number)) doors(b);
        if (policy == APPLIED) applications(t);
        for (int i = 0; i < count; i++)
            if (waybills[i].epoch == epoch) {
                restsOnDeclaration(waybills[i]);
                group(t, waybills[i]);
            }
        int least = FULL;
        for (int i = 0; i < groupCount; i++) {
            Group g = groups[i];
            judge(g, arrival);
            if (g.declared < least) least = g.declared;
            int k = i;                           // into the order of ids
            for (; k > 0 && BY_ID.compare(groups[k - 1], g) > 0; k--) groups[k] = groups[k - 1];
            groups[k] = g;
        }

        // ---- reasons and status
        boolean conflict = !alerts.isEmpty(), control = !controls.isEmpty(), undeclared = groupCount > 0 && least < require;
        boolean any = composition == null || conflict || missingCount > 0 || control || undeclared;
        byte[] status = arrival == null ? S_OPEN : !any ? S_CLEARED : conflict || control ? S_HELD : S_INCOMPLETE;

        // ---- write
        o.n = 0;
        o.put(ALERTS_KEY);
        if (conflict) writeAlerts();
        if (arrival != null) {
            o.put(ARRIVED_AT);
            o.time(arrival.arrivedAt);
            o.put(ARRIVED_PLACE);
            o.text(arrival, arrival.place);
            if (!any) {
                o.put(CLEARANCE_SECONDS);
                o.number(Math.max(0, cleared - arrival.arrivedAt) / 1000);
                o.put(CLEARED_AT);
                o.time(cleared);
            }
            o.put(CONTAINERS_AFTER);
        } else {
            o.put(CONTAINERS_FIRST);
        }
        writeContainers(composition);
        o.put(CONTROLS_KEY);
        if (control) writeControls(t);
        o.put(DECLARATIONS_KEY);
        writeGroups();
        o.put(']');
        o.put(',');
        int digestAt = o.n;
        o.put(FACTS);
        o.number(t.live);
        o.put(FIRST_AT);
        o.time(first);
        o.put(LAST_AT);
        o.time(last);
        o.put(MISSING);
        writeBoxes(missing, missingCount);
        o.put(OFF_TRAIN);
        writeBoxes(offTrain, offTrainCount);
        o.put(REASONS);
        boolean comma = false;
        if (composition == null) comma = reason(R_COMPOSITION, comma);
        if (conflict) comma = reason(R_CONFLICT, comma);
        if (missingCount > 0) comma = reason(R_MISSING, comma);
        if (control) comma = reason(R_CONTROL, comma);
        if (undeclared) reason(R_DECLARATION, comma);
        o.put(rules);
        o.put(status);
        writeTotals(composition);
        writeTrain(t);
        return finished(t, digestAt);
    }

    private void look(Train.Waybill w) {
        w.application = null;
        rests(w.manifest);
        note(w.summary);
        note(w.full);
        if (w.controls != null) for (Fact.Control c : w.controls) rests(c);
        if (w.manifest == null || w.manifest.kind != Fact.MANIFEST) return;
        Manifest m = (Manifest) w.manifest;
        int at = Manifest.FIRST, al = 0, n = claimCount;
        for (int c = 0; c < m.containers; c++) {
            Claim x = claim(n);
            x.m = m;
            x.at = at;
            x.al = al;
            x.w = w;
            keys = grow(keys, n);
            keys[n] = m.longs[al] << 19 | n;
            n++;
            int goods = m.ints[at + Manifest.C_GOODS];
            at += Manifest.CI + goods * Manifest.GI;
            al += Manifest.CL + goods * Manifest.GL;
        }
        claimCount = n;
    }

    private void look(Train.Box b) {
        if (b.controls != null) for (Fact.Control c : b.controls) rests(c);
        note(b.tracked);
        note(b.seal);
        note(b.opened);
    }

    /** Who is on the train: the claims in order of containers against the composition. */
    private void board(Train t, long[] listed) {
        int l = 0, n = claimCount;
        long[] keys = this.keys;
        for (int i = 0; i < n;) {
            long box = keys[i] >>> 19;
            int j = i + 1;
            while (j < n && keys[j] >>> 19 == box) j++;
            int info = -1;
            if (listed != null) {
                for (; l < listed.length && listed[l] >>> 8 < box; l++) unclaimed(listed[l]);
                if (l == listed.length || listed[l] >>> 8 != box) {
                    offTrain = grow(offTrain, offTrainCount);
                    offTrain[offTrainCount++] = box;
                    i = j;
                    continue;
                }
                info = (int) listed[l++] & 255;
            }
            claimed(t, box, i, j, info);
            i = j;
        }
        if (listed != null) for (; l < listed.length; l++) unclaimed(listed[l]);
    }

    private void unclaimed(long listed) {
        if ((listed & 1) != 0) empties++;
        else missing(listed >>> 8);
    }

    /** Doors and controls of a container on the train. */
    private void doors(Train.Box b) {
        if (b.opened != null) {
            Fact inspected = b.controls == null ? null : b.controls[Fact.Control.PHYSICAL_INSPECTION];
            if (inspected == null || inspected.time < b.opened.time - DAY_MS) alert(DOOR_OPENED, b.number);
        }
        if (b.controls != null) for (Fact.Control c : b.controls) if (c != null && c.open()) controls.add(c);
    }

    private void writeContainers(Fact.Composition composition) {
        teu = tare = 0;
        for (int i = 0; i < shownCount; i++) {
            if (i > 0) out.put(',');
            Shown s = shown[i];
            writeContainer(s, composition);
            Claim newest = order[s.to - 1];
            teu += teu(newest.slice(Manifest.C_SIZE) >>> 24);
            if (s.tare != null) tare += s.tare.tare();
        }
    }

    private void writeGroups() {
        totals.count = 0;
        totalPackages = totalGross = totalNet = 0;
        for (int i = 0; i < groupCount; i++) {
            if (i > 0) out.put(',');
            lines(groups[i]);
            writeGroup(groups[i]);
        }
    }

    private void writeTotals(Fact.Composition composition) {
        Out o = out;
        o.put(T_CONTAINERS);
        o.number(shownCount);
        o.put(T_DECLARATIONS);
        o.number(groupCount);
        o.put(T_EMPTY);
        o.number(empties);
        o.put(T_GROSS);
        o.decimal(totalGross, Out.PLACES);
        o.put(T_NET);
        o.decimal(totalNet, Out.PLACES);
        o.put(T_PACKAGES);
        o.number(totalPackages);
        o.put(T_TARE);
        o.decimal(tare, Out.PLACES);
        o.put(T_TEU);
        o.decimal(teu, 2);
        o.put(T_VALUES);
        totals.write(o);
        o.put(T_WAGONS);
        o.number(composition != null ? composition.wagons.length / 2 : distinctWagons());
        o.put(T_WAYBILLS);
        o.number(carriedCount);
    }

    private void writeTrain(Train t) {
        Out o = out;
        int bar = 0;
        while (t.key[bar] != '|') bar++;
        o.put(TRAIN_DATE);
        o.text(t.key, bar + 1, 10, false);
        o.put(TRAIN_NUMBER);
        o.text(t.key, 0, bar, false);
        o.put(TRAIN_PORT);
        o.text(t.key, bar + 12, 5, false);
        o.put('}');
        o.put('}');
    }

    private byte[] finished(Train t, int digestAt) {
        Out o = out;
        HashValue128 digest = Hash.of(o.b, 0, o.n);
        digestHigh = digest.getMostSignificantBits();
        digestLow = digest.getLeastSignificantBits();
        if (t.emitted && t.digestHigh == digestHigh && t.digestLow == digestLow) return null;
        t.emitted = true;
        t.digestHigh = digestHigh;
        t.digestLow = digestLow;
        int end = o.n, gap = DIGEST.length + 34;             // "digest":"...",
        byte[] record = new byte[end + gap];
        System.arraycopy(o.b, 0, record, 0, digestAt);
        System.arraycopy(o.b, digestAt, record, digestAt + gap, end - digestAt);
        o.n = 0;
        o.put(DIGEST);
        o.hex(digestHigh, digestLow);
        o.put('"');
        o.put(',');
        System.arraycopy(o.b, 0, record, digestAt, gap);
        return record;
    }

    private void missing(long box) {
        missing = grow(missing, missingCount);
        missing[missingCount++] = box;
    }

    private boolean onTrain(long[] listed, long box) {
        int lo = 0, hi = (listed != null ? listed.length : shownCount) - 1;
        while (lo <= hi) {
            int mid = lo + hi >>> 1;
            long v = listed != null ? listed[mid] >>> 8 : shown[mid].box;
            if (v == box) return true;
            if (v < box) lo = mid + 1;
            else hi = mid - 1;
        }
        return false;
    }

    private Alert alert(int kind, long box) {
        Alert a = new Alert();
        a.kind = kind;
        a.box = box;
        alerts.add(a);
        return a;
    }

    /** A claimed container on the train: its claims are keys[i..j). */
    private void claimed(Train t, long box, int i, int j, int info) {
        int from = usedCount;
        if (order.length < from + (j - i)) order = Arrays.copyOf(order, Math.max(order.length * 2, from + (j - i)));
        int to = from;
        boolean fcl = false, lcl = true;
        for (int k = i; k < j; k++) {            // oldest first
            Claim c = claims[(int) keys[k] & 0x7ffff];
            if (!c.lcl()) fcl = true;
            int at = to++;
            while (at > from && order[at - 1].m.compare(c.m) > 0) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = c;
        }
        if (j - i > 1 && fcl) {
            Alert a = alert(CLAIMED_TWICE, box);
            a.claims = Arrays.copyOfRange(order, from, to);
            Arrays.sort(a.claims, BY_WAYBILL);
            order[from] = order[to - 1];
            to = from + 1;
        }
        if (shownCount >= shown.length) {
            int n = shown.length;
            shown = Arrays.copyOf(shown, Math.max(128, n * 2));
            for (; n < shown.length; n++) shown[n] = new Shown();
        }
        Shown s = shown[shownCount++];
        s.box = box;
        s.from = from;
        s.to = usedCount = to;
        s.seal = s.wagon = s.tare = null;
        s.listed = info < 0 ? -1 : info >> 1;
        for (int k = from; k < to; k++) {
            Claim c = order[k];
            if (!c.lcl()) lcl = false;
            if (c.slice(Manifest.C_SEAL) != 0) s.seal = c;
            if (c.slice(Manifest.C_WAGON) != 0) s.wagon = c;
            if (c.hasTare()) s.tare = c;
            Train.Waybill w = c.w;
            if (w.epoch != epoch) {
                w.epoch = epoch;
                w.used = null;
                carriedCount++;
                if (w.controls != null) for (Fact.Control x : w.controls) if (x != null && x.open()) controls.add(x);
            }
            c.next = w.used;
            w.used = c;
        }
        s.lcl = lcl;
        if (to - from > 1) {
            mismatch(box, from, to, F_SIZE, Manifest.C_SIZE);
            mismatch(box, from, to, F_SEAL, Manifest.C_SEAL);
            mismatch(box, from, to, F_TARE, -1);
            if (info < 0) mismatch(box, from, to, F_WAGON, Manifest.C_WAGON);
        }
        if (info >= 0 && (info & 1) != 0) alert(EMPTY_WITH_GOODS, box);
        Train.Box b = t.findBox(box);
        s.last = b == null ? null : b.tracked;
        s.sealed = b == null ? null : b.seal;
        if (s.sealed != null && s.sealed.event == Fact.Tracked.SEALED && s.seal != null) {
            int expected = s.seal.slice(Manifest.C_SEAL);
            if (!equal(s.seal.m.text, expected, s.sealed.text, s.sealed.seal)) {
                Alert a = alert(SEAL_CHANGED, box);
                a.expectedText = s.seal.m;
                a.expected = expected;
                a.foundText = s.sealed;
                a.found = s.sealed.seal;
            }
        }
    }

    private void mismatch(long box, int from, int to, int field, int slice) {
        Claim one = null;
        boolean differ = false;
        int having = 0;
        for (int k = from; k < to; k++) {
            Claim c = order[k];
            if (slice < 0 ? !c.hasTare() : c.slice(slice) == 0) continue;
            having++;
            if (one == null) one = c;
            else if (slice < 0 ? one.tare() != c.tare() : slice == Manifest.C_SIZE ? one.slice(slice) != c.slice(slice) : !equal(one.m.text, one.slice(slice), c.m.text, c.slice(slice))) differ = true;
        }
        if (!differ) return;
        Alert a = alert(MISMATCH, box);
        a.field = field;
        a.claims = new Claim[having];
        for (int k = to - 1; k >= from; k--)
            if (slice < 0 ? order[k].hasTare() : order[k].slice(slice) != 0) a.claims[--having] = order[k];
        Arrays.sort(a.claims, BY_WAYBILL);
    }

    /** The smallest application that lists a waybill. */
    private void applications(Train t) {
        Train.Apply[] sorted = t.applications.clone();
        Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(a.name, b.name));
        for (Train.Apply a : sorted)
            for (int s : a.fact.waybills) {
                Train.Waybill w = t.findWaybill(a.fact.text, s);
                if (w != null && w.application == null) w.application = a.name;
            }
    }

    private static int domestic(Manifest m) { return m.ints[Manifest.DIRECTION] == 0 ? Manifest.CONSIGNOR : Manifest.CONSIGNEE; }

    private void group(Train t, Train.Waybill w) {
        Manifest m = (Manifest) w.manifest;
        boolean merges = policy != NEVER && m.ints[Manifest.CONTRACT] != 0 && (policy != APPLIED || w.application != null);
        if (!m.idKnown) {
            identify(t, w, m, merges);
            m.idKnown = policy != APPLIED;
        }
        Group g = null;
        for (int i = 0; i < groupCount; i++)
            if (groups[i].idLow == m.idLow && groups[i].idHigh == m.idHigh) {
                g = groups[i];
                break;
            }
        if (g == null) {
            if (groupCount == groups.length) {
                int n = groupCount;
                groups = Arrays.copyOf(groups, Math.max(16, n * 2));
                for (; n < groups.length; n++) groups[n] = new Group();
            }
            g = groups[groupCount++];
            g.idHigh = m.idHigh;
            g.idLow = m.idLow;
            g.count = 0;
            g.newest = m;
            g.application = merges && policy == APPLIED ? w.application : null;
        } else if (m.compare(g.newest) > 0) {
            g.newest = m;
        }
        if (g.count == g.waybills.length) g.waybills = Arrays.copyOf(g.waybills, g.count * 2);
        g.waybills[g.count++] = w;
    }

    private void identify(Train t, Train.Waybill w, Manifest m, boolean merges) {
        byte[] s = scratch;
        int n = t.key.length;
        System.arraycopy(t.key, 0, s, 0, n);
        for (int i = 0; i < n; i++) if (s[i] == '|') s[i] = 0x1f;
        s[n++] = 0x1f;
        byte[] d = m.ints[Manifest.DIRECTION] == 0 ? EXIT : ENTRY;
        System.arraycopy(d, 0, s, n, d.length);
        n += d.length;
        s[n++] = 0x1f;
        s[n++] = (byte) (merges ? 'm' : 'w');
        s[n++] = 0x1f;
        if (merges) {
            n = append(s, n, m, m.ints[domestic(m) + Manifest.CODE]);
            s[n++] = 0x1f;
            n = append(s, n, m, m.ints[Manifest.CONTRACT]);
            s[n++] = 0x1f;
            int p = m.ints[Manifest.PRODUCT];
            if ((p & NORMAL) != 0) {
                n = append(s, n, m, p);
            } else {
                byte[] normal = new byte[len(p)];
                int k = normalise(m.text, off(p), len(p), normal);
                System.arraycopy(normal, 0, s, n, k);
                n += k;
            }
            if (policy == APPLIED) {
                s[n++] = 0x1f;
                System.arraycopy(w.application, 0, s, n, w.application.length);
                n += w.application.length;
            }
        } else {
            System.arraycopy(w.name, 0, s, n, w.name.length);
            n += w.name.length;
        }
        HashValue128 h = Hash.of(s, 0, n);
        m.idHigh = h.getMostSignificantBits();
        m.idLow = h.getLeastSignificantBits();
    }

    private static int append(byte[] s, int n, Fact f, int slice) {
        System.arraycopy(f.text, off(slice), s, n, len(slice));
        return n + len(slice);
    }

    private void judge(Group g, Fact.Arrival arrival) {
        boolean full = true, summary = true, before = arrival != null, aeo = true;
        for (int i = 0; i < g.count; i++) {
            Train.Waybill w = g.waybills[i];
            Manifest m = (Manifest) w.manifest;
            if (m.ints[domestic(m) + Manifest.AEO] == 0) aeo = false;
            if (w.full == null) {
                full = false;
                if (w.summary == null) {
                    summary = false;
                    continue;
                }
            }
            if (arrival != null) {
                long lodged = w.full == null ? w.summary.lodgedAt
                    : w.summary == null ? w.full.lodgedAt : Math.min(w.full.lodgedAt, w.summary.lodgedAt);
                if (lodged >= arrival.arrivedAt) before = false;
            }
        }
        g.declared = full ? FULL : summary ? SUMMARY : NONE;
        g.advance = before && g.declared != NONE;
        g.aeo = aeo;
    }

    private static int teu(int c) {
        switch (c) {
            case '1': return 50;
            case '2': return 100;
            case '4': return 200;
            default: return c >= 'G' ? 225 : 150;
        }
    }

    private int distinctWagons() {
        Set<String> wagons = new HashSet<>();
        for (int i = 0; i < shownCount; i++) {
            Claim c = shown[i].wagon;
            if (c == null) continue;
            int s = c.slice(Manifest.C_WAGON);
            wagons.add(new String(c.m.text, off(s), len(s), java.nio.charset.StandardCharsets.US_ASCII));
        }
        return wagons.size();
    }

    // ------------------------------------------------------------------------------ lines

    private long totalPackages, totalGross, totalNet, teu, tare;
    private long groupPackages, groupGross, groupNet;
    private int boxCount;

    private Line line(int i) {
        if (i >= pool.length) {
            int n = pool.length;
            pool = Arrays.copyOf(pool, Math.max(64, n * 2));
            for (; n < pool.length; n++) pool[n] = new Line();
        }
        return pool[i];
    }

    private static final Comparator<Line> BY_LINE = Derive::order;

    private static int order(Line a, Line b) {
        if (a.hs != b.hs) return a.hs < b.hs ? -1 : 1;
        int c = compare(a.m.text, a.normal, b.m.text, b.normal);
        if (c == 0) c = a.type - b.type;
        return c != 0 ? c : a.currency - b.currency;
    }

    private void goods(Claim c) {
        Manifest m = c.m;
        byte[] text = m.text;
        int[] ints = m.ints;
        long[] longs = m.longs;
        int at = c.at + Manifest.CI, al = c.al + Manifest.CL;
        for (int g = c.slice(Manifest.C_GOODS); g > 0; g--, at += Manifest.GI, al += Manifest.GL) {
            int normal = ints[at + Manifest.G_NORMAL], type = ints[at + Manifest.G_TYPE], currency = ints[at + Manifest.G_CURRENCY];
            long hs = longs[al + Manifest.G_HS], h = longs[al + Manifest.G_HASH];
            if (h == 0)
                h = longs[al + Manifest.G_HASH] = hash(mix(hs ^ mix((long) type << 32 | currency)), text, off(normal), len(normal)) | 1;
            int mask = table.length - 1, i = (int) (h >>> 32 ^ h) & mask;
            Line line;
            for (;; i = i + 1 & mask) {
                line = table[i];
                if (line == null || line.hash == h && line.hs == hs && line.type == type && line.currency == currency
                    && equal(line.m.text, line.normal, text, normal)) break;
            }
            if (line == null) {
                line = line(lineCount);
                table[i] = line;
                if (lineCount == lines.length) lines = Arrays.copyOf(lines, lineCount * 2);
                lines[lineCount++] = line;
                line.hash = h;
                line.hs = hs;
                line.type = type;
                line.currency = currency;
                line.m = line.shown = m;
                line.normal = normal;
                line.description = ints[at + Manifest.G_DESCRIPTION];
                line.packages = line.gross = line.net = line.high = line.low = 0;
                line.merged = 0;
                if (lineCount * 2 > table.length) growTable();
            } else {
                int d = ints[at + Manifest.G_DESCRIPTION];
                // equal normal forms, and both are their own: the same text
                if ((d != normal || line.description != line.normal) && compare(text, d, line.shown.text, line.description) < 0) {
                    line.shown = m;
                    line.description = d;
                }
            }
            line.packages += ints[at + Manifest.G_PACKAGES];
            line.gross += longs[al + Manifest.G_GROSS];
            line.net += longs[al + Manifest.G_NET];
            long v = longs[al + Manifest.G_VALUE];
            line.low += v;
            if (Long.compareUnsigned(line.low, v) < 0) line.high++;
            line.merged++;
        }
    }

    private void growTable() {
        table = new Line[table.length * 2];
        int mask = table.length - 1;
        for (int k = 0; k < lineCount; k++) {
            long h = lines[k].hash;
            int i = (int) (h >>> 32 ^ h) & mask;
            while (table[i] != null) i = i + 1 & mask;
            table[i] = lines[k];
        }
    }

    // ------------------------------------------------------------------------------ writing

    private static final byte[] ALERTS_KEY = ascii("{\"accepted\":[],\"alerts\":["), ARRIVED_AT = ascii("],\"arrived_at\":"),
            ARRIVED_PLACE = ascii(",\"arrived_place\":"), CLEARANCE_SECONDS = ascii(",\"clearance_seconds\":"),
            CLEARED_AT = ascii(",\"cleared_at\":"), CONTAINERS_AFTER = ascii(",\"containers\":["),
            CONTAINERS_FIRST = ascii("],\"containers\":["), CONTROLS_KEY = ascii("],\"controls\":["),
            DECLARATIONS_KEY = ascii("],\"declarations\":["), DIGEST = ascii("\"digest\":\""), FACTS = ascii("\"domestic\":[],\"facts\":{\"count\":"),
            FIRST_AT = ascii(",\"first_at\":"), LAST_AT = ascii(",\"last_at\":"), MISSING = ascii("},\"links\":[],\"missing\":["),
            OFF_TRAIN = ascii("],\"off_train\":["), REASONS = ascii("],\"reasons\":["),
            R_COMPOSITION = ascii("\"composition-missing\""), R_CONFLICT = ascii("\"conflict\""),
            R_MISSING = ascii("\"containers-missing\""), R_CONTROL = ascii("\"control-open\""),
            R_DECLARATION = ascii("\"declaration-missing\""), T_CONTAINERS = ascii("\",\"totals\":{\"containers\":"),
            T_DECLARATIONS = ascii(",\"declarations\":"), T_EMPTY = ascii(",\"empty_containers\":"), T_GROSS = ascii(",\"gross_kg\":"),
            T_NET = ascii(",\"net_kg\":"), T_PACKAGES = ascii(",\"packages\":"), T_TARE = ascii(",\"tare_kg\":"),
            T_TEU = ascii(",\"teu\":"), T_VALUES = ascii(",\"values\":"), T_WAGONS = ascii(",\"wagons\":"),
            T_WAYBILLS = ascii(",\"waybills\":"), TRAIN_DATE = ascii("},\"train\":{\"date\":"), TRAIN_NUMBER = ascii(",\"number\":"),
            TRAIN_PORT = ascii(",\"port\":"), EXIT = ascii("exit"), ENTRY = ascii("entry"), S_OPEN = ascii("open"),
            S_CLEARED = ascii("cleared"), S_HELD = ascii("held"), S_INCOMPLETE = ascii("incomplete");

    private boolean reason(byte[] r, boolean comma) {
        if (comma) out.put(',');
        out.put(r);
        return true;
    }

    private void writeBoxes(long[] b, int n) {
        for (int i = 0; i < n; i++) {
            if (i > 0) out.put(',');
            out.box(b[i]);
        }
    }

    private static final byte[] A_CONTAINER = ascii("{\"container\":"), A_EXPECTED = ascii(",\"expected\":"),
            A_FIELD = ascii(",\"field\":\""), A_FOUND = ascii(",\"found\":"), A_KIND = ascii(",\"kind\":\""),
            A_VALUES = ascii(",\"values\":["), A_WAYBILLS = ascii(",\"waybills\":["), A_VALUE = ascii("{\"value\":"),
            A_WAYBILL = ascii(",\"waybill\":");

    private void writeAlerts() {
        Out o = out;
        alerts.sort(BY_ALERT);
        boolean comma = false;
        for (Alert a : alerts) {
            if (comma) o.put(',');
            comma = true;
            o.put(A_CONTAINER);
            o.box(a.box);
            if (a.kind == SEAL_CHANGED) {
                o.put(A_EXPECTED);
                o.text(a.expectedText, a.expected);
                o.put(A_FOUND);
                o.text(a.foundText, a.found);
            }
            if (a.kind == MISMATCH) {
                o.put(A_FIELD);
                o.put(ascii(FIELDS[a.field]));
                o.put('"');
            }
            o.put(A_KIND);
            o.put(ascii(ALERTS[a.kind]));
            o.put('"');
            if (a.kind == MISMATCH) {
                o.put(A_VALUES);
                for (int i = 0; i < a.claims.length; i++) {
                    Claim c = a.claims[i];
                    if (i > 0) o.put(',');
                    o.put(A_VALUE);
                    if (a.field == F_TARE) o.decimal(c.tare(), Out.PLACES);
                    else if (a.field == F_SIZE) o.packed(c.slice(Manifest.C_SIZE));
                    else o.text(c.m, c.slice(a.field == F_SEAL ? Manifest.C_SEAL : Manifest.C_WAGON));
                    o.put(A_WAYBILL);
                    o.text(c.w.name, 0, c.w.name.length, false);
                    o.put('}');
                }
                o.put(']');
            }
            if (a.kind == CLAIMED_TWICE) {
                o.put(A_WAYBILLS);
                for (int i = 0; i < a.claims.length; i++) {
                    if (i > 0) o.put(',');
                    o.text(a.claims[i].w.name, 0, a.claims[i].w.name.length, false);
                }
                o.put(']');
            }
            o.put('}');
        }
    }

    private static final byte[] L_AT = ascii("{\"dangerous\":[],\"last\":{\"at\":"), L_EVENT = ascii(",\"event\":\""), L_LATITUDE = ascii(",\"latitude\":"),
            L_LONGITUDE = ascii(",\"longitude\":"), L_PLACE = ascii(",\"place\":"), L_LOAD = ascii("},\"load\":\""),
            C_LOAD = ascii("{\"dangerous\":[],\"load\":\""), C_NUMBER = ascii("CL\",\"number\":"), C_POSITION = ascii(",\"position\":"),
            C_SEAL = ascii(",\"seal\":"), C_SIZE = ascii(",\"size_type\":"), C_TARE = ascii(",\"tare_kg\":"),
            C_WAGON = ascii(",\"wagon\":"), C_WAYBILLS = ascii(",\"waybills\":[");
    private static final byte[][] EVENTS = new byte[Fact.Tracked.EVENTS.length][];
    static {
        for (int i = 0; i < EVENTS.length; i++) EVENTS[i] = ascii(Fact.Tracked.EVENTS[i] + "\"");
    }

    private void writeContainer(Shown s, Fact.Composition composition) {
        Out o = out;
        Fact.Tracked t = s.last;
        if (t != null) {
            o.put(L_AT);
            o.time(t.time);
            o.put(L_EVENT);
            o.put(EVENTS[t.event]);
            if (t.position) {
                o.put(L_LATITUDE);
                o.decimal(t.latitude, 6);
                o.put(L_LONGITUDE);
                o.decimal(t.longitude, 6);
            }
            if (t.place != 0) {
                o.put(L_PLACE);
                o.text(t, t.place);
            }
            o.put(L_LOAD);
        } else {
            o.put(C_LOAD);
        }
        o.put(s.lcl ? 'L' : 'F');
        o.put(C_NUMBER);
        o.box(s.box);
        if (composition != null) {
            o.put(C_POSITION);
            o.number(composition.wagons[s.listed * 2 + 1]);
        }
        if (s.sealed != null) {
            o.put(C_SEAL);
            o.text(s.sealed, s.sealed.seal);
        } else if (s.seal != null) {
            o.put(C_SEAL);
            o.text(s.seal.m, s.seal.slice(Manifest.C_SEAL));
        }
        o.put(C_SIZE);
        Claim newest = order[s.to - 1];
        o.packed(newest.slice(Manifest.C_SIZE));
        o.put(C_TARE);
        o.decimal(s.tare == null ? 0 : s.tare.tare(), Out.PLACES);
        if (composition != null) {
            o.put(C_WAGON);
            o.text(composition, composition.wagons[s.listed * 2]);
        } else if (s.wagon != null) {
            o.put(C_WAGON);
            o.text(s.wagon.m, s.wagon.slice(Manifest.C_WAGON));
        }
        o.put(C_WAYBILLS);
        if (s.to - s.from == 1) {
            o.text(newest.w.name, 0, newest.w.name.length, false);
        } else {
            Claim[] c = Arrays.copyOfRange(order, s.from, s.to);
            Arrays.sort(c, BY_WAYBILL);
            for (int i = 0; i < c.length; i++) {
                if (i > 0) o.put(',');
                o.text(c[i].w.name, 0, c[i].w.name.length, false);
            }
        }
        o.put(']');
        o.put('}');
    }

    private static final byte[] K_AT = ascii("{\"at\":"), K_AUTHORITY = ascii(",\"authority\":\""), K_KIND = ascii("\",\"kind\":\""), K_OUTCOME = ascii("\",\"outcome\":\""),
            K_REF = ascii(",\"ref\":"), K_SCOPE = ascii(",\"scope\":\"");

    private void writeControls(Train t) {
        Out o = out;
        controls.sort((a, b) -> {
            int c = a.scope - b.scope;
            if (c == 0 && a.ref != 0) c = compare(a.text, a.ref, b.text, b.ref);
            return c != 0 ? c : a.controlKind - b.controlKind;
        });
        boolean comma = false;
        for (Fact.Control c : controls) {
            if (comma) o.put(',');
            comma = true;
            o.put(K_AT);
            o.time(c.time);
            o.put(K_AUTHORITY);
            o.put(t.key, t.key.length - 5, 2);   // of the port's country: other customs are not known here
            o.put(K_KIND);
            o.put(ascii(Fact.Control.KINDS[c.controlKind]));
            o.put(K_OUTCOME);
            o.put(ascii(Fact.Control.OUTCOMES[c.outcome]));
            o.put('"');
            if (c.scope != Fact.Control.TRAIN) {
                o.put(K_REF);
                o.text(c, c.ref);
            }
            o.put(K_SCOPE);
            o.put(ascii(Fact.Control.SCOPES[c.scope]));
            o.put('"');
            o.put('}');
        }
    }

    private static final byte[] D_ADVANCE = ascii("{\"advance\":"), D_AEO = ascii(",\"aeo\":"), D_AEO_PARTNER = ascii(",\"aeo_partner\":false"), D_APPLICATION = ascii(",\"application\":"),
            D_CONTAINERS = ascii(",\"containers\":["), D_CONTRACT = ascii(",\"contract\":"), D_DECLARED = ascii(",\"declared\":\""),
            D_DIRECTION = ascii("\",\"direction\":\""), D_GROSS = ascii("\",\"gross_kg\":"), D_ID = ascii(",\"id\":\""),
            D_LINES = ascii("\",\"lines\":["), D_NET = ascii("],\"net_kg\":"), D_PACKAGES = ascii(",\"packages\":"),
            D_PARTY = ascii(",\"party\":{"), P_AEO = ascii("\"aeo\":"), P_CODE = ascii("\"code\":"), P_COUNTRY = ascii(",\"country\":"),
            P_NAME = ascii(",\"name\":"), D_PRIORITY = ascii("},\"priority\":"), D_PRODUCT = ascii(",\"product\":"), D_RELEASED = ascii(",\"released\":false"), D_VALUES = ascii(",\"values\":"),
            D_WAYBILLS = ascii(",\"waybills\":["), L_CURRENCY = ascii("{\"currency\":"), L_DESCRIPTION = ascii(",\"description\":"),
            L_GROSS = ascii(",\"gross_kg\":"), L_HS = ascii(",\"hs\":"), L_MERGED = ascii(",\"merged\":"), L_NET = ascii(",\"net_kg\":"),
            L_TYPE = ascii(",\"package_type\":"), L_PACKAGES = ascii(",\"packages\":"), L_VALUE = ascii(",\"value\":"),
            TRUE = ascii("true"), FALSE = ascii("false");

    /** The lines, containers and sums of a declaration. */
    private void lines(Group g) {
        int boxCount = 0;
        Arrays.fill(table, null);
        lineCount = 0;
        for (int i = 0; i < g.count; i++)
            for (Claim c = g.waybills[i].used; c != null; c = c.next) {
                boxes = grow(boxes, boxCount);
                boxes[boxCount++] = c.m.longs[c.al];
                goods(c);
            }
        this.boxCount = boxCount;
        Arrays.sort(boxes, 0, boxCount);
        if (lineCount > 64) {
            Arrays.sort(lines, 0, lineCount, BY_LINE);
        } else {
            for (int i = 1; i < lineCount; i++) {
                Line x = lines[i];
                int k = i;
                for (; k > 0 && order(lines[k - 1], x) > 0; k--) lines[k] = lines[k - 1];
                lines[k] = x;
            }
        }
        long packages = 0, gross = 0, net = 0;
        values.count = 0;
        for (int i = 0; i < lineCount; i++) {
            Line x = lines[i];
            packages += x.packages;
            gross += x.gross;
            net += x.net;
            values.add(x.currency, x.high, x.low);
        }
        groupPackages = packages;
        groupGross = gross;
        groupNet = net;
        totalPackages += packages;
        totalGross += gross;
        totalNet += net;
        for (int i = 0; i < values.count; i++) totals.add(values.currency[i], values.high[i], values.low[i]);
    }

    private void writeLine(Line x) {
        Out o = out;
        o.put(L_CURRENCY);
        o.packed(x.currency);
        o.put(L_DESCRIPTION);
        o.text(x.shown, x.description);
        o.put(L_GROSS);
        o.decimal(x.gross, Out.PLACES);
        o.put(L_HS);
        o.packedDigits(x.hs);
        o.put(L_MERGED);
        o.number(x.merged);
        o.put(L_NET);
        o.decimal(x.net, Out.PLACES);
        o.put(L_TYPE);
        o.packed(x.type);
        o.put(L_PACKAGES);
        o.number(x.packages);
        o.put(L_VALUE);
        o.money(x.high, x.low);
        o.put('}');
    }

    private void writeGroup(Group g) {
        Out o = out;
        Manifest m = g.newest;
        o.put(D_ADVANCE);
        o.put(g.advance ? TRUE : FALSE);
        o.put(D_AEO);
        o.put(g.aeo ? TRUE : FALSE);
        o.put(D_AEO_PARTNER);
        if (g.application != null) {
            o.put(D_APPLICATION);
            o.text(g.application, 0, g.application.length, true);
        }
        o.put(D_CONTAINERS);
        for (int i = 0; i < boxCount; i++) {
            if (i > 0) {
                if (boxes[i] == boxes[i - 1]) continue;
                o.put(',');
            }
            o.box(boxes[i]);
        }
        o.put(']');
        if (m.ints[Manifest.CONTRACT] != 0) {
            o.put(D_CONTRACT);
            o.text(m, m.ints[Manifest.CONTRACT]);
        }
        o.put(D_DECLARED);
        o.put(LEVEL_BYTES[g.declared]);
        o.put(D_DIRECTION);
        o.put(m.ints[Manifest.DIRECTION] == 0 ? EXIT : ENTRY);
        o.put(D_GROSS);
        o.decimal(groupGross, Out.PLACES);
        o.put(D_ID);
        o.hex(g.idHigh, g.idLow);
        o.put(D_LINES);
        for (int i = 0; i < lineCount; i++) {
            if (i > 0) o.put(',');
            writeLine(lines[i]);
        }
        o.put(D_NET);
        o.decimal(groupNet, Out.PLACES);
        o.put(D_PACKAGES);
        o.number(groupPackages);
        o.put(D_PARTY);
        int p = domestic(m);
        if (m.ints[p + Manifest.AEO] != 0) {
            o.put(P_AEO);
            o.text(m, m.ints[p + Manifest.AEO]);
            o.put(',');
        }
        o.put(P_CODE);
        o.text(m, m.ints[p + Manifest.CODE]);
        o.put(P_COUNTRY);
        o.text(m, m.ints[p + Manifest.COUNTRY]);
        o.put(P_NAME);
        o.text(m, m.ints[p + Manifest.NAME]);
        o.put(D_PRIORITY);
        o.number(g.aeo ? 1 : 0);
        o.put(D_PRODUCT);
        o.text(m, m.ints[Manifest.PRODUCT]);
        o.put(D_RELEASED);
        o.put(D_VALUES);
        values.write(o);
        o.put(D_WAYBILLS);
        for (int i = 0; i < g.count; i++) {
            if (i > 0) o.put(',');
            o.text(g.waybills[i].name, 0, g.waybills[i].name.length, false);
        }
        o.put(']');
        o.put('}');
    }

    private static final byte[][] LEVEL_BYTES = {ascii("none"), ascii("summary"), ascii("full")};
}

package peer;

import static peer.Bytes8.*;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads any message: the event, or why it is none (section 8, up to the key). Plain rather than fast. */
final class SlowDecoder {
    int number, date, port;              // of the event decoded last: slices of train
    byte[] train;
    private byte[] text;                 // strings that facts refer to
    private int length;
    private int[] ints;
    private long[] longs;
    private int in, ln;

    private int keep(byte[] v) {
        System.arraycopy(v, 0, text, length, v.length);
        int s = Bytes8.slice(length, v.length);
        length += v.length;
        return s;
    }

    private interface Rule {
        /** Null, or what is wrong. */
        String wrong(Json.Node v);
    }

    private static Rule text(int most) {
        return v -> {
            if (v.type != '"') return "not a string";
            for (byte c : v.bytes) if (c >= 0 && c < 0x20 || c == 0x7f) return "a control character";
            return v.bytes.length < 1 || v.bytes.length > most ? "not 1 to " + most + " bytes" : null;
        };
    }

    private static Rule pattern(String expression) {
        Pattern p = Pattern.compile(expression);
        return v -> v.type != '"' || !p.matcher(v.string()).matches() ? "not " + expression : null;
    }

    private static final Pattern PLAIN = Pattern.compile("(-?)[0-9]+(?:\\.([0-9]+))?");

    private static String decimalWrong(Json.Node v, int places, boolean minus, long below, boolean inclusive) {
        if (v.type != '0') return "not a number";
        var m = PLAIN.matcher(v.string());
        if (!m.matches() || !m.group(1).isEmpty() && !minus || m.group(2) != null && m.group(2).length() > places)
            return "not a plain number of at most " + places + " fraction digits";
        int c = new java.math.BigDecimal(v.string()).abs().compareTo(java.math.BigDecimal.valueOf(below));
        return c > 0 || c == 0 && !inclusive ? "too large" : null;
    }

    private static long scaled(Json.Node v, int places) {
        return new java.math.BigDecimal(v.string()).movePointRight(places).longValueExact();
    }

    private static Rule count(int least, int most) {
        return v -> {
            String w = decimalWrong(v, 0, false, most, true);
            return w != null ? w : scaled(v, 0) < least ? "too small" : null;
        };
    }

    private static Rule oneOf(String... names) {
        List<String> list = Arrays.asList(names);
        return v -> v.type != '"' || !list.contains(v.string()) ? "not one of " + String.join(" ", names) : null;
    }

    private static final Rule TEXT32 = text(32), TEXT64 = text(64), TEXT128 = text(128), TEXT200 = text(200), TEXT255 = text(255), TEXT256 = text(256), TEXT512 = text(512),
            PLACE = pattern("[A-Z]{2}[A-Z2-9]{3}"), WAYBILL = pattern("[A-Z0-9/-]{1,70}"), WAGON = pattern("[A-Z0-9-]{1,16}"),
            PARTY_CODE = pattern("[A-Za-z0-9._/-]{1,35}"), COUNTRY = pattern("[A-Z]{2}"), TRAIN_NUMBER = pattern("[A-Z0-9-]{1,17}"),
            SIZE_TYPE = pattern("[1-4A-HK-NP][A-Z0-9]{3}"), HS = pattern("[0-9]{6}|[0-9]{8}|[0-9]{10}|[0-9]{13}"),
            PACKAGE_TYPE = pattern("[A-Z0-9]{2,3}"), CURRENCY = pattern("[A-Z]{3}"), REASON = pattern("[0-9]{3}"),
            DIRECTION = oneOf("exit", "entry"), LOAD = oneOf("FCL", "LCL"), STEP = oneOf("summary", "full"), VERSION = oneOf("1.0"),
            SCOPE = oneOf(Fact.Control.SCOPES), KIND = oneOf(Fact.Control.KINDS), OUTCOME = oneOf(Fact.Control.OUTCOMES),
            EVENT = oneOf(Fact.Tracked.EVENTS),
            MASS = v -> decimalWrong(v, Out.PLACES, false, 10_000_000_000L, false), MONEY = v -> decimalWrong(v, Out.PLACES, false, 1_000_000_000_000L, false),
            LATITUDE = v -> decimalWrong(v, 6, true, 90, true), LONGITUDE = v -> decimalWrong(v, 6, true, 180, true),
            COUNT = count(0, 1_000_000_000), POSITION = count(1, 120),
            BOOLEAN = v -> v.type != 't' && v.type != 'f' ? "not a boolean" : null,
            BOX = v -> v.type != '"' || v.bytes.length != 11 || !isBox(v.bytes, 0) ? "not a container number" : null,
            TIME = v -> v.type != '"' || time(v.bytes, 0, v.bytes.length) < 0 ? "not a time in 2000-2099" : null,
            DATE = v -> v.type != '"' || v.bytes.length != 10 || v.bytes[0] != '2' || v.bytes[1] != '0'
                || date(v.bytes, 0) == Long.MIN_VALUE ? "not a date" : null,
            ANY = v -> null;
    private static final Pattern JSON_TYPE = Pattern.compile("application/json(?: *;.*)?", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Rule CONTENT_TYPE = v -> {
        if (v.type != '"') return "not a string";
        for (byte c : v.bytes) if (c >= 0 && c < 0x20 || c == 0x7f) return "a control character";
        return JSON_TYPE.matcher(v.string()).matches() ? null : "not application/json";
    };

    private static final Map<String, String[]> NAMES = Map.of(
        "rail.manifest.transmitted.v1", new String[] {"train", "waybill", "containers"},
        "rail.manifest.deleted.v1", new String[] {"train", "waybill", "reason"},
        "rail.train.composed.v1", new String[] {"train", "wagons"},
        "rail.train.arrived.v1", new String[] {"train", "place", "arrived_at"},
        "rail.control.reported.v1", new String[] {"train", "scope", "ref", "kind", "outcome", "note"},
        "rail.declaration.lodged.v1", new String[] {"train", "step", "waybills", "lodged_at", "declaration_number"},
        "rail.merge.applied.v1", new String[] {"train", "application", "waybills"},
        "rail.container.tracked.v1",
        new String[] {"train", "container", "event", "place", "seal", "wagon", "latitude", "longitude"});

    // ---- members

    private static Json.Node object(Json.Node v, String at, String... names) throws Reject {
        if (v.type != '{') throw new Reject("BAD_FIELD", at, "not an object");
        for (String name : names)
            if (v.twice.contains(name)) throw new Reject("DUPLICATE_MEMBER", at + "/" + name, "appears twice");
        return v;
    }

    /** The value, checked; null if it is absent and need not be there. */
    private static Json.Node get(Json.Node o, String at, String name, Rule rule, boolean required) throws Reject {
        Json.Node v = o.get(name);
        if (v == null || v.type == 'n') {
            if (required) throw new Reject("MISSING_FIELD", at + "/" + name, "is required");
            return null;
        }
        String wrong = rule.wrong(v);
        if (wrong != null) throw new Reject("BAD_FIELD", at + "/" + name, wrong);
        return v;
    }

    private int slice(Json.Node o, String at, String name, Rule rule, boolean required) throws Reject {
        Json.Node v = get(o, at, name, rule, required);
        return v == null ? 0 : keep(v.bytes);
    }

    private int normalSlice(Json.Node o, String at, String name, Rule rule) throws Reject {
        Json.Node v = get(o, at, name, rule, true);
        int s = keep(v.bytes);
        return normal(v.bytes, 0, v.bytes.length) ? s | NORMAL : s;
    }

    private static Json.Node child(Json.Node o, String at, String name, String... names) throws Reject {
        return object(get(o, at, name, ANY, true), at + "/" + name, names);
    }

    private static List<Json.Node> list(Json.Node o, String at, String name, int least, int most) throws Reject {
        Json.Node v = get(o, at, name, ANY, true);
        if (v.type != '[') throw new Reject("BAD_FIELD", at + "/" + name, "not an array");
        if (v.items.size() > most) throw new Reject("LIMIT_EXCEEDED", at + "/" + name, "more than " + most);
        if (v.items.size() < least) throw new Reject("BAD_FIELD", at + "/" + name, "fewer than " + least);
        return v.items;
    }

    private static <T> void once(Set<T> seen, T value, String at) throws Reject {
        if (!seen.add(value)) throw new Reject("BAD_FIELD", at, "twice in one list");
    }

    private static int index(String[] names, Json.Node v) { return Arrays.asList(names).indexOf(v.string()); }

    // ---- events

    Fact decode(byte[] raw) throws Reject {
        if (raw == null) throw new Reject("NOT_JSON", "", "no value");
        if (raw.length > 1 << 20) throw new Reject("TOO_LARGE", "", "more than 1048576 bytes");
        Json.Node o;
        try {
            o = Json.parse(raw);
        } catch (Json.NotJson e) {
            throw new Reject("NOT_JSON", "", "not JSON: " + e.getMessage());
        }
        if (o.type != '{') throw new Reject("BAD_ENVELOPE", "", "not an object");
        object(o, "", "specversion", "id", "source", "type", "time", "data", "datacontenttype");
        text = new byte[raw.length * 2];        // descriptions may come twice
        length = 0;
        int id, source;
        long time;
        String type;
        Json.Node data;
        try {
            get(o, "", "specversion", VERSION, true);
            id = slice(o, "", "id", TEXT128, true);
            source = slice(o, "", "source", TEXT256, true);
            type = get(o, "", "type", TEXT64, true).string();
            Json.Node t = get(o, "", "time", TIME, true);
            time = time(t.bytes, 0, t.bytes.length);
            get(o, "", "datacontenttype", CONTENT_TYPE, false);
            data = child(o, "", "data");
        } catch (Reject r) {
            throw new Reject("BAD_ENVELOPE", r.pointer, r.sentence);
        }
        String[] names = NAMES.get(type);
        if (names == null) throw new Reject("UNKNOWN_TYPE", "/type", "not known");
        object(data, "/data", names);
        Json.Node t = child(data, "/data", "train", "number", "date", "port");
        train = text;
        number = slice(t, "/data/train", "number", TRAIN_NUMBER, true);
        date = slice(t, "/data/train", "date", DATE, true);
        port = slice(t, "/data/train", "port", PLACE, true);
        Fact f;
        switch (type) {
            case "rail.manifest.transmitted.v1": f = manifest(data); break;
            case "rail.manifest.deleted.v1": f = deleted(data); break;
            case "rail.train.composed.v1": f = composition(data); break;
            case "rail.train.arrived.v1": f = arrival(data); break;
            case "rail.control.reported.v1": f = control(data); break;
            case "rail.declaration.lodged.v1": f = declaration(data); break;
            case "rail.merge.applied.v1": f = application(data); break;
            default: f = tracked(data);
        }
        f.text = Arrays.copyOf(text, length);
        f.escaped = true;
        f.id = id;
        f.source = source;
        f.time = time;
        return f;
    }

    private void room(int i, int l) {
        if (in + i > ints.length) ints = Arrays.copyOf(ints, (in + i) * 2);
        if (ln + l > longs.length) longs = Arrays.copyOf(longs, (ln + l) * 2);
    }

    private void party(Json.Node w, String name, int to) throws Reject {
        String at = "/data/waybill/" + name;
        Json.Node o = child(w, "/data/waybill", name, "code", "name", "country", "aeo");
        ints[to] = slice(o, at, "code", PARTY_CODE, true);
        ints[to + 1] = slice(o, at, "name", TEXT255, true);
        ints[to + 2] = slice(o, at, "country", COUNTRY, true);
        ints[to + 3] = slice(o, at, "aeo", TEXT32, false);
    }

    private Fact manifest(Json.Node data) throws Reject {
        Fact.Manifest m = new Fact.Manifest();
        String at = "/data/waybill";
        Json.Node w = child(data, "/data", "waybill", "number", "direction", "contract", "product", "consignor", "consignee",
            "origin", "destination");
        ints = new int[256];
        longs = new long[256];
        in = 12;
        ln = 0;
        ints[0] = slice(w, at, "number", WAYBILL, true);
        ints[1] = get(w, at, "direction", DIRECTION, true).bytes.length == 4 ? 0 : 1;
        ints[2] = slice(w, at, "contract", TEXT64, false);
        ints[3] = normalSlice(w, at, "product", TEXT255);
        party(w, "consignor", Fact.Manifest.CONSIGNOR);
        party(w, "consignee", Fact.Manifest.CONSIGNEE);
        get(w, at, "origin", PLACE, true);
        get(w, at, "destination", PLACE, true);
        Set<Long> seen = new HashSet<>();
        int i = 0;
        for (Json.Node v : list(data, "/data", "containers", 1, 200)) {
            at = "/data/containers/" + i++;
            object(v, at, "number", "size_type", "load", "seal", "wagon", "tare_kg", "goods");
            room(6, 2);
            int a = in, al = ln;
            in += 6;
            ln += 2;
            long number = box(get(v, at, "number", BOX, true).bytes, 0);
            ints[a + Fact.Manifest.C_SIZE] = pack(get(v, at, "size_type", SIZE_TYPE, true).bytes, 0, 4);
            Json.Node load = get(v, at, "load", LOAD, false);
            ints[a + Fact.Manifest.C_LCL] = load != null && load.bytes[0] == 'L' ? 1 : 0;
            ints[a + Fact.Manifest.C_SEAL] = slice(v, at, "seal", TEXT32, false);
            ints[a + Fact.Manifest.C_WAGON] = slice(v, at, "wagon", WAGON, false);
            Json.Node tare = get(v, at, "tare_kg", MASS, false);
            ints[a + Fact.Manifest.C_HAS_TARE] = tare == null ? 0 : 1;
            longs[al] = number;
            longs[al + 1] = tare == null ? 0 : scaled(tare, Out.PLACES);
            once(seen, number, at + "/number");
            List<Json.Node> goods = list(v, at, "goods", 1, 500);
            ints[a + Fact.Manifest.C_GOODS] = goods.size();
            int j = 0;
            for (Json.Node g : goods) goods(g, at + "/goods/" + j++);
        }
        m.containers = i;
        m.ints = Arrays.copyOf(ints, in);
        m.longs = Arrays.copyOf(longs, ln);
        return m;
    }

    private void goods(Json.Node g, String at) throws Reject {
        object(g, at, "hs", "description", "packages", "package_type", "gross_kg", "net_kg", "value", "currency");
        room(5, 5);
        byte[] hs = get(g, at, "hs", HS, true).bytes, description = get(g, at, "description", TEXT512, true).bytes;
        longs[ln + Fact.Manifest.G_HS] = packDigits(hs, 0, hs.length);
        ints[in + Fact.Manifest.G_DESCRIPTION] = ints[in + Fact.Manifest.G_NORMAL] = keep(description);
        if (!normal(description, 0, description.length)) {
            byte[] normalised = new byte[description.length];
            int n = normalise(description, 0, description.length, normalised);
            ints[in + Fact.Manifest.G_NORMAL] = keep(Arrays.copyOf(normalised, n));
        }
        ints[in + Fact.Manifest.G_PACKAGES] = (int) scaled(get(g, at, "packages", COUNT, true), 0);
        Json.Node type = get(g, at, "package_type", PACKAGE_TYPE, false);
        ints[in + Fact.Manifest.G_TYPE] = type == null ? FastDecoder.PK : pack(type.bytes, 0, type.bytes.length);
        longs[ln + Fact.Manifest.G_GROSS] = scaled(get(g, at, "gross_kg", MASS, true), Out.PLACES);
        Json.Node net = get(g, at, "net_kg", MASS, false);
        longs[ln + Fact.Manifest.G_NET] = net == null ? 0 : scaled(net, Out.PLACES);
        longs[ln + Fact.Manifest.G_VALUE] = scaled(get(g, at, "value", MONEY, true), Out.PLACES);
        longs[ln + Fact.Manifest.G_HASH] = 0;
        ints[in + Fact.Manifest.G_CURRENCY] = pack(get(g, at, "currency", CURRENCY, true).bytes, 0, 3);
        if (longs[ln + Fact.Manifest.G_NET] > longs[ln + Fact.Manifest.G_GROSS]) throw new Reject("BAD_FIELD", at + "/net_kg", "above gross_kg");
        in += 5;
        ln += 5;
    }

    private Fact deleted(Json.Node data) throws Reject {
        Fact.Deleted f = new Fact.Deleted();
        f.waybill = slice(child(data, "/data", "waybill", "number"), "/data/waybill", "number", WAYBILL, true);
        get(data, "/data", "reason", REASON, false);
        return f;
    }

    private Fact composition(Json.Node data) throws Reject {
        Fact.Composition f = new Fact.Composition();
        List<Json.Node> wagons = list(data, "/data", "wagons", 1, 120);
        f.wagons = new int[wagons.size() * 2];
        f.listed = new long[480];
        Set<String> names = new HashSet<>();
        Set<Long> positions = new HashSet<>(), boxes = new HashSet<>();
        int i = 0, n = 0;
        for (Json.Node w : wagons) {
            String at = "/data/wagons/" + i;
            object(w, at, "wagon", "position", "containers");
            f.wagons[i * 2] = slice(w, at, "wagon", WAGON, true);
            long position = scaled(get(w, at, "position", POSITION, true), 0);
            f.wagons[i * 2 + 1] = (int) position;
            once(names, w.get("wagon").string(), at + "/wagon");
            once(positions, position, at + "/position");
            int j = 0;
            for (Json.Node c : list(w, at, "containers", 0, 4)) {
                String here = at + "/containers/" + j++;
                object(c, here, "number", "empty");
                long number = box(get(c, here, "number", BOX, true).bytes, 0);
                Json.Node empty = get(c, here, "empty", BOOLEAN, false);
                once(boxes, number, here + "/number");
                f.listed[n++] = number << 8 | i << 1 | (empty != null && empty.type == 't' ? 1 : 0);
            }
            i++;
        }
        f.listed = Arrays.copyOf(f.listed, n);
        Arrays.sort(f.listed);
        return f;
    }

    private Fact arrival(Json.Node data) throws Reject {
        Fact.Arrival f = new Fact.Arrival();
        f.place = slice(data, "/data", "place", PLACE, true);
        byte[] t = get(data, "/data", "arrived_at", TIME, true).bytes;
        f.arrivedAt = time(t, 0, t.length);
        return f;
    }

    private Fact control(Json.Node data) throws Reject {
        Fact.Control f = new Fact.Control();
        f.scope = index(Fact.Control.SCOPES, get(data, "/data", "scope", SCOPE, true));
        if (f.scope == Fact.Control.TRAIN) {
            if (data.get("ref") != null) throw new Reject("BAD_FIELD", "/data/ref", "must be absent for a train");
        } else {
            f.ref = slice(data, "/data", "ref", f.scope == Fact.Control.WAYBILL ? WAYBILL : BOX, true);
            if (f.scope == Fact.Control.CONTAINER) f.box = box(data.get("ref").bytes, 0);
        }
        f.controlKind = index(Fact.Control.KINDS, get(data, "/data", "kind", KIND, true));
        f.outcome = index(Fact.Control.OUTCOMES, get(data, "/data", "outcome", OUTCOME, true));
        get(data, "/data", "note", TEXT200, false);
        return f;
    }

    private int[] waybills(Json.Node data, int least) throws Reject {
        List<Json.Node> items = list(data, "/data", "waybills", least, 500);
        int[] slices = new int[items.size()];
        Set<String> seen = new HashSet<>();
        int i = 0;
        for (Json.Node v : items) {
            String at = "/data/waybills/" + i, wrong = WAYBILL.wrong(v);
            if (wrong != null) throw new Reject("BAD_FIELD", at, wrong);
            once(seen, v.string(), at);
            slices[i++] = keep(v.bytes);
        }
        return slices;
    }

    private Fact declaration(Json.Node data) throws Reject {
        Fact.Declaration f = new Fact.Declaration();
        f.full = get(data, "/data", "step", STEP, true).bytes[0] == 'f';
        f.waybills = waybills(data, 1);
        byte[] t = get(data, "/data", "lodged_at", TIME, true).bytes;
        f.lodgedAt = time(t, 0, t.length);
        get(data, "/data", "declaration_number", TEXT32, false);
        return f;
    }

    private Fact application(Json.Node data) throws Reject {
        Fact.Application f = new Fact.Application();
        f.application = slice(data, "/data", "application", TEXT64, true);
        f.waybills = waybills(data, 0);
        return f;
    }

    private Fact tracked(Json.Node data) throws Reject {
        Fact.Tracked f = new Fact.Tracked();
        f.box = box(get(data, "/data", "container", BOX, true).bytes, 0);
        f.event = index(Fact.Tracked.EVENTS, get(data, "/data", "event", EVENT, true));
        f.place = slice(data, "/data", "place", PLACE, false);
        f.seal = slice(data, "/data", "seal", TEXT32, f.event == Fact.Tracked.SEALED || f.event == Fact.Tracked.RESEALED);
        get(data, "/data", "wagon", WAGON, false);
        f.position = data.get("latitude") != null || data.get("longitude") != null;
        Json.Node latitude = get(data, "/data", "latitude", LATITUDE, f.position),
                longitude = get(data, "/data", "longitude", LONGITUDE, f.position);
        if (f.position) {
            f.latitude = (int) scaled(latitude, 6);
            f.longitude = (int) scaled(longitude, 6);
        }
        return f;
    }
}

package peer;

import static peer.Bytes8.*;

import java.util.Arrays;

/**
 * Reads an event straight from the message's bytes, in one pass and without copying text. It takes only events
 * that are valid beyond doubt and plainly written: `type` before `data`, no backslash, no member named twice.
 * For anything else it returns null, and SlowDecoder says what the message is. One thread.
 */
final class FastDecoder {
    private static final class Bail extends RuntimeException {
        Bail() { super(null, null, false, false); }
    }

    private static final Bail BAIL = new Bail();
    private static final long ONES = 0x0101010101010101L, HIGHS = ONES * 0x80;
    private static final long[] MASK = new long[9];
    private static final long[] POW = {1, 10, 100, 1000, 10_000, 100_000, 1_000_000};
    static {
        for (int i = 0; i < 9; i++) MASK[i] = i == 8 ? -1 : (1L << 8 * i) - 1;
    }

    private byte[] b;
    private int p;
    private int s, n;          // the string read last
    private final byte[] kept = new byte[(1 << 20) + 32];      // strings that the fact keeps
    private int keptBytes;
    int number, date, port;    // of the event decoded last: slices of its bytes
    private int[] ints = new int[4096];
    private long[] longs = new long[4096];
    private long[] boxes = new long[512];
    private final byte[] normalised = new byte[512];

    Fact decode(byte[] raw) {
        if (raw.length > 1 << 20) return null;
        b = raw;
        p = 0;
        keptBytes = 0;
        try {
            return envelope();
        } catch (Bail | ArrayIndexOutOfBoundsException e) {
            return null;
        } finally {
            b = null;
        }
    }

    // ------------------------------------------------------------------------------ tokens

    /** Behind white space: the byte there. */
    private int ws() {
        int c = b[p];
        return c > ' ' ? c : space();
    }

    private int space() {
        byte[] b = this.b;
        int i = p, c;
        while ((c = b[i]) <= ' ') {
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') throw BAIL;
            i++;
        }
        p = i;
        return c;
    }

    private void expect(int c) {
        if (ws() != c) throw BAIL;
        p++;
    }

    /** After a value: true if another member or element follows, false at the end. */
    private boolean more(int close) {
        int c = ws();
        p++;
        if (c == ',') return true;
        if (c != close) throw BAIL;
        return false;
    }

    /** An opening bracket; true if something is inside. */
    private boolean open(int open, int close) {
        expect(open);
        if (ws() != close) return true;
        p++;
        return false;
    }

    /** A string: s and n say where. Well-formed UTF-8, no controls, no backslash. */
    private void string() {
        byte[] b = this.b;
        if (ws() != '"') throw BAIL;
        int i = p + 1, start = i, last = b.length - 8;
        for (;;) {
            if (i <= last) {
                long v = (long) LONG.get(b, i), q = v ^ ONES * '"', e = v ^ ONES * '\\', d = v ^ ONES * 0x7f;
                long m = (q - ONES & ~q | e - ONES & ~e | d - ONES & ~d | v - ONES * 0x20 & ~v | v) & HIGHS;
                if (m == 0) {
                    i += 8;
                    continue;
                }
                i += Long.numberOfTrailingZeros(m) >>> 3;
            }
            int c = b[i];
            if (c == '"') break;
            if (c < 0) i = utf8(b, i);
            else if (c < 0x20 || c == '\\' || c == 0x7f) throw BAIL;
            else i++;
        }
        s = start;
        n = i - start;
        p = i + 1;
    }

    private static int utf8(byte[] b, int i) {
        int c = b[i] & 0xff, d = b[i + 1] & 0xff;
        if (c < 0xc2 || (d & 0xc0) != 0x80) throw BAIL;
        if (c < 0xe0) return i + 2;
        if ((b[i + 2] & 0xc0) != 0x80) throw BAIL;
        if (c < 0xf0) {
            if (c == 0xe0 && d < 0xa0 || c == 0xed && d > 0x9f) throw BAIL;
            return i + 3;
        }
        if (c > 0xf4 || (b[i + 3] & 0xc0) != 0x80 || c == 0xf0 && d < 0x90 || c == 0xf4 && d > 0x8f) throw BAIL;
        return i + 4;
    }

    /**
     * A member's name, up to behind its colon; its first eight bytes, little end first. It is only looked at as far as
     * its quote: a name that is not known must go through unknown().
     */
    private long name() {
        byte[] b = this.b;
        if (ws() != '"') throw BAIL;
        int i = p + 1;
        if (i + 8 > b.length) throw BAIL;
        long v = (long) LONG.get(b, i), q = v ^ ONES * '"', m = q - ONES & ~q & HIGHS;
        if (m == 0) return longName(i, v);
        s = i;
        m = Long.numberOfTrailingZeros(m);            // 8 * length + 7
        n = (int) m >>> 3;
        i += n + 1;
        if (b[i] == ':') {
            p = i + 1;
        } else {
            p = i;
            expect(':');
        }
        return v & (1L << m - 7) - 1;
    }

    private long longName(int start, long first) {
        byte[] b = this.b;
        int i = start + 8;
        while (b[i] != '"') i++;
        s = start;
        n = i - start;
        p = i + 1;
        expect(':');
        return first;
    }

    /** After name(): a member that means nothing here. */
    private void unknown(int level) {
        p = s - 1;
        string();
        expect(':');
        skip(level);
    }

    private long first8() {
        if (s + 8 <= b.length) return (long) LONG.get(b, s) & MASK[Math.min(n, 8)];
        long k = 0;
        for (int i = 0; i < n; i++) k |= (b[s + i] & 0xffL) << 8 * i;
        return k;
    }

    private static long k(String t) {
        long k = 0;
        for (int i = 0; i < t.length() && i < 8; i++) k |= (long) t.charAt(i) << 8 * i;
        return k;
    }

    private boolean rest(String t) {
        if (n != t.length()) return false;
        for (int i = 8; i < n; i++) if (b[s + i] != t.charAt(i)) return false;
        return true;
    }

    /** Skips a value that means nothing here; level: of the object or array that it is in. */
    private void skip(int level) {
        switch (ws()) {
            case '"': string(); return;
            case '{':
                if (level == 64) throw BAIL;
                if (open('{', '}'))
                    do {
                        string();
                        expect(':');
                        skip(level + 1);
                    } while (more('}'));
                return;
            case '[':
                if (level == 64) throw BAIL;
                if (open('[', ']')) do skip(level + 1); while (more(']'));
                return;
            case 't': word("true"); return;
            case 'f': word("false"); return;
            case 'n': word("null"); return;
            default: number();
        }
    }

    private void word(String w) {
        for (int i = 0; i < w.length(); i++) if (b[p++] != w.charAt(i)) throw BAIL;
    }

    private void number() {
        if (b[p] == '-') p++;
        if (b[p] == '0') p++;
        else digits();
        if (b[p] == '.') {
            p++;
            digits();
        }
        if (b[p] == 'e' || b[p] == 'E') {
            p++;
            if (b[p] == '+' || b[p] == '-') p++;
            digits();
        }
    }

    private void digits() {
        int start = p;
        while (b[p] >= '0' && b[p] <= '9') p++;
        if (p == start) throw BAIL;
    }

    // ------------------------------------------------------------------------------ values

    /** Keeps the string read last. */
    private int keep() {
        int at = keptBytes, n = this.n;
        if (n <= 16 && s + 16 <= b.length) {
            LONG.set(kept, at, (long) LONG.get(b, s));
            LONG.set(kept, at + 8, (long) LONG.get(b, s + 8));
        } else {
            System.arraycopy(b, s, kept, at, n);
        }
        keptBytes = at + n;
        return slice(at, n);
    }

    private void checkText(int most) {
        string();
        if (n == 0 || n > most) throw BAIL;
    }

    private int text(int most) {
        checkText(most);
        return keep();
    }

    /** Text that is compared in its normal form. */
    private int normalText(int most) {
        int t = text(most);
        return normal(b, s, n) ? t | NORMAL : t;
    }

    private void checkToken(int least, int most, int classes) {
        byte[] b = this.b;
        if (ws() != '"') throw BAIL;
        int start = p + 1, i = start;
        while ((CLASS[b[i] & 0xff] & classes) != 0) i++;
        int length = i - start;
        if (b[i] != '"' || length < least || length > most) throw BAIL;
        s = start;
        n = length;
        p = i + 1;
    }

    private int token(int least, int most, int classes) {
        checkToken(least, most, classes);
        return keep();
    }

    private int packedToken(int least, int most, int classes) {
        checkToken(least, most, classes);
        return pack(b, s, n);
    }

    private int waybillNumber() { return token(1, 70, UPPER | DIGIT | DASH | SLASH); }

    /** A string of so many bytes, all ASCII but quotes and backslashes (the caller checks them): where it begins. */
    private int fixed(int length) {
        byte[] b = this.b;
        if (ws() != '"') throw BAIL;
        int start = p + 1, end = start + length;
        if (b[end] != '"') throw BAIL;
        p = end + 1;
        return start;
    }

    private int checkPlace() {
        int at = fixed(5);
        if (!isPlace(b, at, 5)) throw BAIL;
        return at;
    }

    private int place() {
        s = checkPlace();
        n = 5;
        return keep();
    }

    private long boxNumber() {
        int at = fixed(11);
        if (!isBox(b, at)) throw BAIL;
        return Bytes8.box(b, at);
    }

    private long timeOf() {
        byte[] b = this.b;
        if (ws() != '"') throw BAIL;
        int start = p + 1, i = start;
        while (b[i] != '"') i++;
        long t = time(b, start, i - start);           // takes nothing but digits and "-:.TZ+"
        if (t < 0) throw BAIL;
        p = i + 1;
        return t;
    }

    /** An exact decimal of at most `whole` digits before and `places` after the point, in units of 10^-places. */
    private long decimal(int whole, int places) {
        ws();
        byte[] b = this.b;
        int i = p, first = i, d;
        long v = 0;
        while ((d = b[i] - '0') >= 0 && d <= 9) {
            v = v * 10 + d;
            i++;
        }
        int digits = i - first;
        if (digits == 0 || digits > whole || digits > 1 && b[first] == '0') throw BAIL;
        if (b[i] == '.') {
            first = ++i;
            while ((d = b[i] - '0') >= 0 && d <= 9) {
                v = v * 10 + d;
                i++;
            }
            digits = i - first;
            if (digits == 0 || digits > places) throw BAIL;
            v *= POW[places - digits];
        } else {
            v *= POW[places];
        }
        p = i;
        return v;
    }

    private int count(int most) {
        long v = decimal(10, 0);
        if (v > most) throw BAIL;
        return (int) v;
    }

    private int degrees(long limit) {
        boolean minus = ws() == '-';
        if (minus) p++;
        long v = decimal(3, 6);
        if (v > limit * 1_000_000) throw BAIL;
        return (int) (minus ? -v : v);
    }

    // ------------------------------------------------------------------------------ objects

    private static final long SPECVERSION = k("specversion"), ID = k("id"), SOURCE = k("source"), TYPE = k("type"), TIME = k("time"),
            DATA = k("data"), DATACONTENTTYPE = k("datacontenttype"), TRAIN = k("train"), NUMBER = k("number"), DATE = k("date"),
            PORT = k("port"), WAYBILL = k("waybill"), CONTAINERS = k("containers"), DIRECTION = k("direction"),
            CONTRACT = k("contract"), PRODUCT = k("product"), CONSIGNOR = k("consignor"), CONSIGNEE = k("consignee"),
            ORIGIN = k("origin"), DESTINATION = k("destination"), CODE = k("code"), NAME = k("name"), COUNTRY = k("country"),
            AEO = k("aeo"), SIZE_TYPE = k("size_type"), LOAD = k("load"), SEAL = k("seal"), WAGON = k("wagon"),
            TARE_KG = k("tare_kg"), GOODS = k("goods"), HS = k("hs"), DESCRIPTION = k("description"), PACKAGES = k("packages"),
            PACKAGE_TYPE = k("package_type"), GROSS_KG = k("gross_kg"), NET_KG = k("net_kg"), VALUE = k("value"),
            CURRENCY = k("currency"), WAGONS = k("wagons"), POSITION = k("position"), EMPTY = k("empty"), PLACE = k("place"),
            ARRIVED_AT = k("arrived_at"), SCOPE = k("scope"), REF = k("ref"), KIND = k("kind"), OUTCOME = k("outcome"),
            NOTE = k("note"), STEP = k("step"), WAYBILLS = k("waybills"), LODGED_AT = k("lodged_at"),
            DECLARATION_NUMBER = k("declaration_number"), APPLICATION = k("application"), CONTAINER = k("container"),
            EVENT = k("event"), LATITUDE = k("latitude"), LONGITUDE = k("longitude"), REASON = k("reason"),
            EXIT = k("exit"), ENTRY = k("entry"), FCL = k("FCL"), LCL = k("LCL");

    static final int PK = 'P' << 24 | 'K' << 16;

    private static int once(int seen, int bit) {
        if ((seen & bit) != 0) throw BAIL;
        return seen | bit;
    }

    private static void need(int seen, int bits) {
        if ((seen & bits) != bits) throw BAIL;
    }

    private Fact envelope() {
        int seen = 0, id = 0, source = 0;
        long time = 0;
        int kind = -1;
        Fact f = null;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == SPECVERSION && rest("specversion")) {
                seen = once(seen, 1);
                string();
                if (n != 3 || b[s] != '1' || b[s + 1] != '.' || b[s + 2] != '0') throw BAIL;
            } else if (k == ID) {
                seen = once(seen, 2);
                id = text(128);
            } else if (k == SOURCE) {
                seen = once(seen, 4);
                source = text(256);
            } else if (k == TYPE) {
                seen = once(seen, 8);
                string();
                kind = kind();
            } else if (k == TIME) {
                seen = once(seen, 16);
                time = timeOf();
            } else if (k == DATA) {
                seen = once(seen, 32);
                if (kind < 0) throw BAIL;
                f = data(kind);
            } else if (k == DATACONTENTTYPE && rest("datacontenttype")) {
                seen = once(seen, 64);
                string();
                if (n != 16 || !equal(b, s, n, APPLICATION_JSON, 0, 16)) throw BAIL;      // SlowDecoder knows the others
            } else {
                unknown(1);
            }
        } while (more('}'));
        while (p < b.length) {
            int c = b[p++];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') throw BAIL;
        }
        need(seen, 63);
        f.text = Arrays.copyOf(kept, keptBytes);
        f.id = id;
        f.source = source;
        f.time = time;
        return f;
    }

    private static final byte[] APPLICATION_JSON = "application/json".getBytes();
    private static final String[] TYPES = {"rail.manifest.transmitted.v1", "rail.manifest.deleted.v1", "rail.train.composed.v1",
        "rail.train.arrived.v1", "rail.control.reported.v1", "rail.declaration.lodged.v1", "rail.merge.applied.v1",
        "rail.container.tracked.v1"};
    private static final byte[][] TYPE_BYTES = new byte[8][];
    static {
        for (int i = 0; i < 8; i++) TYPE_BYTES[i] = TYPES[i].getBytes();
    }

    private int kind() {
        for (int i = 0; i < 8; i++)
            if (equal(b, s, n, TYPE_BYTES[i], 0, TYPE_BYTES[i].length)) return i;
        throw BAIL;
    }

    private void train() {
        int seen = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == NUMBER) {
                seen = once(seen, 1);
                checkToken(1, 17, UPPER | DIGIT | DASH);
                number = slice(s, n);
            } else if (k == DATE) {
                seen = once(seen, 2);
                int at = fixed(10);
                if (b[at] != '2' || b[at + 1] != '0' || date(b, at) == Long.MIN_VALUE) throw BAIL;
                date = slice(at, 10);
            } else if (k == PORT) {
                seen = once(seen, 4);
                port = slice(checkPlace(), 5);
            } else {
                unknown(3);
            }
        } while (more('}'));
        need(seen, 7);
    }

    private Fact data(int kind) {
        switch (kind) {
            case Fact.MANIFEST: return manifest();
            case Fact.DELETED: return deleted();
            case Fact.COMPOSITION: return composition();
            case Fact.ARRIVAL: return arrival();
            case Fact.CONTROL: return control();
            case Fact.DECLARATION: return declaration();
            case Fact.APPLICATION: return application();
            default: return tracked();
        }
    }

    private int in, ln, containerCount;       // used of ints and longs

    private Fact manifest() {
        int seen = 0;
        Fact.Manifest m = new Fact.Manifest();
        in = 12;
        ln = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == WAYBILL) {
                seen = once(seen, 2);
                waybill();
            } else if (k == CONTAINERS && rest("containers")) {
                seen = once(seen, 4);
                containers();
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 7);
        m.containers = containerCount;
        m.ints = Arrays.copyOf(ints, in);
        m.longs = Arrays.copyOf(longs, ln);
        return m;
    }

    private void waybill() {
        int seen = 0;
        int[] v = ints;
        v[2] = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == NUMBER) {
                seen = once(seen, 1);
                v[0] = waybillNumber();
            } else if (k == DIRECTION && rest("direction")) {
                seen = once(seen, 2);
                string();
                long d = first8();
                if (d == EXIT) v[1] = 0;
                else if (d == ENTRY) v[1] = 1;
                else throw BAIL;
            } else if (k == CONTRACT && n == 8) {
                seen = once(seen, 4);
                v[2] = text(64);
            } else if (k == PRODUCT) {
                seen = once(seen, 8);
                v[3] = normalText(255);
            } else if (k == CONSIGNOR && rest("consignor")) {
                seen = once(seen, 16);
                party(Fact.Manifest.CONSIGNOR);
            } else if (k == CONSIGNEE && rest("consignee")) {
                seen = once(seen, 32);
                party(Fact.Manifest.CONSIGNEE);
            } else if (k == ORIGIN) {
                seen = once(seen, 64);
                checkPlace();
            } else if (k == DESTINATION && rest("destination")) {
                seen = once(seen, 128);
                checkPlace();
            } else {
                unknown(3);
            }
        } while (more('}'));
        need(seen, 255 - 4);
    }

    private void party(int at) {
        int seen = 0;
        int[] v = ints;
        v[at + 3] = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == CODE) {
                seen = once(seen, 1);
                v[at] = token(1, 35, UPPER | LOWER | DIGIT | DASH | SLASH | DOT_UNDERSCORE);
            } else if (k == NAME) {
                seen = once(seen, 2);
                v[at + 1] = text(255);
            } else if (k == COUNTRY) {
                seen = once(seen, 4);
                v[at + 2] = token(2, 2, UPPER);
            } else if (k == AEO) {
                seen = once(seen, 8);
                v[at + 3] = text(32);
            } else {
                unknown(4);
            }
        } while (more('}'));
        need(seen, 7);
    }

    private void containers() {
        int count = 0;
        if (!open('[', ']')) throw BAIL;
        do {
            if (count == 200) throw BAIL;
            container(count++);
        } while (more(']'));
        containerCount = count;
    }

    /** A container's own ints and longs stand before its goods. */
    private void container(int index) {
        int seen = 0, at = in, al = ln;
        in += Fact.Manifest.CI;
        ln += Fact.Manifest.CL;
        grow();
        ints[at + Fact.Manifest.C_LCL] = 0;
        ints[at + Fact.Manifest.C_SEAL] = 0;
        ints[at + Fact.Manifest.C_WAGON] = 0;
        ints[at + Fact.Manifest.C_HAS_TARE] = 0;
        longs[al + Fact.Manifest.C_TARE] = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == NUMBER) {
                seen = once(seen, 1);
                long number = boxNumber();
                for (int i = 0; i < index; i++) if (boxes[i] == number) throw BAIL;
                boxes[index] = number;
                longs[al + Fact.Manifest.C_NUMBER] = number;
            } else if (k == SIZE_TYPE && n == 9 && b[s + 8] == 'e') {
                seen = once(seen, 2);
                int c = (ints[at + Fact.Manifest.C_SIZE] = packedToken(4, 4, UPPER | DIGIT)) >>> 24;
                if (!isSize(c)) throw BAIL;
            } else if (k == LOAD) {
                seen = once(seen, 4);
                string();
                long d = first8();
                if (n != 3 || d != FCL && d != LCL) throw BAIL;
                ints[at + Fact.Manifest.C_LCL] = d == LCL ? 1 : 0;
            } else if (k == SEAL) {
                seen = once(seen, 8);
                ints[at + Fact.Manifest.C_SEAL] = text(32);
            } else if (k == WAGON) {
                seen = once(seen, 16);
                ints[at + Fact.Manifest.C_WAGON] = token(1, 16, UPPER | DIGIT | DASH);
            } else if (k == TARE_KG) {
                seen = once(seen, 32);
                longs[al + Fact.Manifest.C_TARE] = decimal(10, Out.PLACES);
                ints[at + Fact.Manifest.C_HAS_TARE] = 1;
            } else if (k == GOODS) {
                seen = once(seen, 64);
                int count = 0;
                if (!open('[', ']')) throw BAIL;
                do {
                    if (count++ == 500) throw BAIL;
                    goods();
                } while (more(']'));
                ints[at + Fact.Manifest.C_GOODS] = count;
            } else {
                unknown(4);
            }
        } while (more('}'));
        need(seen, 1 + 2 + 64);
    }

    /** The first character of a size type (TEU table). */
    static boolean isSize(int c) { return c >= '1' && c <= '4' || c >= 'A' && c <= 'P' && c != 'I' && c != 'J' && c != 'O'; }

    private void goods() {
        int seen = 0, at = in, al = ln;
        in += Fact.Manifest.GI;
        ln += Fact.Manifest.GL;
        grow();
        int[] v = ints;
        long[] w = longs;
        v[at + Fact.Manifest.G_TYPE] = PK;
        w[al + Fact.Manifest.G_NET] = 0;
        w[al + Fact.Manifest.G_HASH] = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == HS) {
                seen = once(seen, 1);
                checkToken(6, 13, DIGIT);
                if (n != 6 && n != 8 && n != 10 && n != 13) throw BAIL;
                w[al + Fact.Manifest.G_HS] = packDigits(b, s, n);
            } else if (k == DESCRIPTION && rest("description")) {
                seen = once(seen, 2);
                v[at + Fact.Manifest.G_DESCRIPTION] = v[at + Fact.Manifest.G_NORMAL] = text(512);
                if (!normal(b, s, n)) {
                    int length = normalise(b, s, n, normalised);
                    System.arraycopy(normalised, 0, kept, keptBytes, length);
                    v[at + Fact.Manifest.G_NORMAL] = slice(keptBytes, length);
                    keptBytes += length;
                }
            } else if (k == PACKAGES && n == 8) {
                seen = once(seen, 4);
                v[at + Fact.Manifest.G_PACKAGES] = count(1_000_000_000);
            } else if (k == PACKAGE_TYPE && rest("package_type")) {
                seen = once(seen, 8);
                v[at + Fact.Manifest.G_TYPE] = packedToken(2, 3, UPPER | DIGIT);
            } else if (k == GROSS_KG && n == 8) {
                seen = once(seen, 16);
                w[al + Fact.Manifest.G_GROSS] = decimal(10, Out.PLACES);
            } else if (k == NET_KG) {
                seen = once(seen, 32);
                w[al + Fact.Manifest.G_NET] = decimal(10, Out.PLACES);
            } else if (k == VALUE) {
                seen = once(seen, 64);
                w[al + Fact.Manifest.G_VALUE] = decimal(12, Out.PLACES);
            } else if (k == CURRENCY && n == 8) {
                seen = once(seen, 128);
                v[at + Fact.Manifest.G_CURRENCY] = packedToken(3, 3, UPPER);
            } else {
                unknown(6);
            }
        } while (more('}'));
        need(seen, 255 - 8 - 32);
        if (w[al + Fact.Manifest.G_NET] > w[al + Fact.Manifest.G_GROSS]) throw BAIL;
    }

    private void grow() {
        if (in > ints.length) ints = Arrays.copyOf(ints, in * 2);
        if (ln > longs.length) longs = Arrays.copyOf(longs, ln * 2);
    }

    private Fact deleted() {
        int seen = 0;
        Fact.Deleted f = new Fact.Deleted();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == WAYBILL) {
                seen = once(seen, 2);
                int inner = 0;
                if (!open('{', '}')) throw BAIL;
                do {
                    if (name() == NUMBER) {
                        inner = once(inner, 1);
                        f.waybill = waybillNumber();
                    } else {
                        unknown(3);
                    }
                } while (more('}'));
                need(inner, 1);
            } else if (k == REASON) {
                seen = once(seen, 4);
                checkToken(3, 3, DIGIT);
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 3);
        return f;
    }

    private Fact composition() {
        int seen = 0, wagons = 0;
        Fact.Composition f = new Fact.Composition();
        int[] v = ints;
        int listed = 0;
        long low = 0, high = 0;                  // positions taken
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == WAGONS) {
                seen = once(seen, 2);
                if (!open('[', ']')) throw BAIL;
                do {
                    if (wagons == 120) throw BAIL;
                    int inner = 0, at = wagons * 2;
                    if (!open('{', '}')) throw BAIL;
                    do {
                        k = name();
                        if (k == WAGON) {
                            inner = once(inner, 1);
                            v[at] = token(1, 16, UPPER | DIGIT | DASH);
                            for (int i = 0; i < at; i += 2) if (equal(kept, v[i], kept, v[at])) throw BAIL;
                        } else if (k == POSITION && n == 8) {
                            inner = once(inner, 2);
                            int position = v[at + 1] = count(120);
                            long bit = 1L << position;
                            if (position == 0 || ((position < 64 ? low : high) & bit) != 0) throw BAIL;
                            if (position < 64) low |= bit;
                            else high |= bit;
                        } else if (k == CONTAINERS && rest("containers")) {
                            inner = once(inner, 4);
                            int count = 0;
                            if (open('[', ']'))
                                do {
                                    if (count++ == 4) throw BAIL;
                                    boxes[listed++] = listedContainer() | (long) wagons << 1;
                                } while (more(']'));
                        } else {
                            unknown(4);
                        }
                    } while (more('}'));
                    need(inner, 7);
                    wagons++;
                } while (more(']'));
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 3);
        f.wagons = Arrays.copyOf(v, wagons * 2);
        f.listed = Arrays.copyOf(boxes, listed);
        Arrays.sort(f.listed);
        for (int i = 1; i < listed; i++) if (f.listed[i] >>> 8 == f.listed[i - 1] >>> 8) throw BAIL;
        return f;
    }

    private long listedContainer() {
        int seen = 0, empty = 0;
        long number = 0;
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == NUMBER) {
                seen = once(seen, 1);
                number = boxNumber();
            } else if (k == EMPTY) {
                seen = once(seen, 2);
                if (ws() == 't') {
                    word("true");
                    empty = 1;
                } else {
                    word("false");
                }
            } else {
                unknown(6);
            }
        } while (more('}'));
        need(seen, 1);
        return number << 8 | empty;
    }

    private Fact arrival() {
        int seen = 0;
        Fact.Arrival f = new Fact.Arrival();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == PLACE) {
                seen = once(seen, 2);
                f.place = place();
            } else if (k == ARRIVED_AT && rest("arrived_at")) {
                seen = once(seen, 4);
                f.arrivedAt = timeOf();
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 7);
        return f;
    }

    private int oneOf(String[] names) {
        string();
        for (int i = 0; i < names.length; i++) {
            String t = names[i];
            if (t.length() != n) continue;
            int j = 0;
            while (j < n && b[s + j] == t.charAt(j)) j++;
            if (j == n) return i;
        }
        throw BAIL;
    }

    private Fact control() {
        int seen = 0;
        Fact.Control f = new Fact.Control();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == SCOPE) {
                seen = once(seen, 2);
                f.scope = oneOf(Fact.Control.SCOPES);
            } else if (k == REF) {
                seen = once(seen, 4);
                f.ref = waybillNumber();
            } else if (k == KIND) {
                seen = once(seen, 8);
                f.controlKind = oneOf(Fact.Control.KINDS);
            } else if (k == OUTCOME) {
                seen = once(seen, 16);
                f.outcome = oneOf(Fact.Control.OUTCOMES);
            } else if (k == NOTE) {
                seen = once(seen, 32);
                checkText(200);
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 1 + 2 + 8 + 16);
        if ((f.scope == Fact.Control.TRAIN) == ((seen & 4) != 0)) throw BAIL;
        if (f.scope == Fact.Control.CONTAINER) {
            if (len(f.ref) != 11 || !isBox(kept, off(f.ref))) throw BAIL;
            f.box = Bytes8.box(kept, off(f.ref));
        }
        return f;
    }

    private int[] waybillList(boolean mayBeEmpty) {
        int[] v = ints;
        int count = 0;
        if (open('[', ']')) {
            do {
                if (count == 128) throw BAIL;           // long ones go the slow way
                int w = waybillNumber();
                for (int i = 0; i < count; i++) if (equal(kept, v[i], kept, w)) throw BAIL;
                v[count++] = w;
            } while (more(']'));
        } else if (!mayBeEmpty) {
            throw BAIL;
        }
        return Arrays.copyOf(v, count);
    }

    private Fact declaration() {
        int seen = 0;
        Fact.Declaration f = new Fact.Declaration();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == STEP) {
                seen = once(seen, 2);
                f.full = oneOf(STEPS) == 1;
            } else if (k == WAYBILLS && n == 8) {
                seen = once(seen, 4);
                f.waybills = waybillList(false);
            } else if (k == LODGED_AT && rest("lodged_at")) {
                seen = once(seen, 8);
                f.lodgedAt = timeOf();
            } else if (k == DECLARATION_NUMBER && rest("declaration_number")) {
                seen = once(seen, 16);
                checkText(32);
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 15);
        return f;
    }

    private static final String[] STEPS = {"summary", "full"};

    private Fact application() {
        int seen = 0;
        Fact.Application f = new Fact.Application();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == APPLICATION && rest("application")) {
                seen = once(seen, 2);
                f.application = text(64);
            } else if (k == WAYBILLS && n == 8) {
                seen = once(seen, 4);
                f.waybills = waybillList(true);
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 7);
        return f;
    }

    private Fact tracked() {
        int seen = 0;
        Fact.Tracked f = new Fact.Tracked();
        if (!open('{', '}')) throw BAIL;
        do {
            long k = name();
            if (k == TRAIN) {
                seen = once(seen, 1);
                train();
            } else if (k == CONTAINER && rest("container")) {
                seen = once(seen, 2);
                f.box = boxNumber();
            } else if (k == EVENT) {
                seen = once(seen, 4);
                f.event = oneOf(Fact.Tracked.EVENTS);
            } else if (k == PLACE) {
                seen = once(seen, 8);
                f.place = place();
            } else if (k == SEAL) {
                seen = once(seen, 16);
                f.seal = text(32);
            } else if (k == WAGON) {
                seen = once(seen, 32);
                checkToken(1, 16, UPPER | DIGIT | DASH);
            } else if (k == LATITUDE && n == 8) {
                seen = once(seen, 64);
                f.latitude = degrees(90);
            } else if (k == LONGITUDE && rest("longitude")) {
                seen = once(seen, 128);
                f.longitude = degrees(180);
            } else {
                unknown(2);
            }
        } while (more('}'));
        need(seen, 7);
        if ((seen & 64) != 0 != ((seen & 128) != 0)) throw BAIL;
        f.position = (seen & 64) != 0;
        if ((f.event == Fact.Tracked.SEALED || f.event == Fact.Tracked.RESEALED) && (seen & 16) == 0) throw BAIL;
        return f;
    }
}

package peer;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Canonical JSON, into one growing buffer. */
final class Out {
    byte[] b = new byte[1 << 16];
    int n;

    private void need(int more) {
        if (n + more > b.length) b = Arrays.copyOf(b, Math.max(b.length * 2, n + more));
    }

    static byte[] ascii(String s) { return s.getBytes(StandardCharsets.US_ASCII); }

    void put(byte[] s) {
        need(s.length);
        System.arraycopy(s, 0, b, n, s.length);
        n += s.length;
    }

    void put(byte[] s, int off, int len) {
        need(len);
        System.arraycopy(s, off, b, n, len);
        n += len;
    }

    void put(int c) {
        need(1);
        b[n++] = (byte) c;
    }

    /** A string, with its quotes. */
    void text(byte[] t, int off, int len, boolean escaped) {
        need(len * 2 + 20);
        byte[] b = this.b;
        int n = this.n;
        b[n++] = '"';
        if (escaped) {
            for (int i = off; i < off + len; i++) {
                byte c = t[i];
                if (c == '"' || c == '\\') b[n++] = '\\';
                b[n++] = c;
            }
        } else {
            if (len <= 16 && off + 16 <= t.length) {
                Bytes8.LONG.set(b, n, (long) Bytes8.LONG.get(t, off));
                Bytes8.LONG.set(b, n + 8, (long) Bytes8.LONG.get(t, off + 8));
            } else {
                System.arraycopy(t, off, b, n, len);
            }
            n += len;
        }
        b[n++] = '"';
        this.n = n;
    }

    void text(Fact f, int slice) { text(f.text, Bytes8.off(slice), Bytes8.len(slice), f.escaped); }

    /** Up to four characters in a number, with quotes. */
    void packed(int v) {
        need(6);
        b[n++] = '"';
        for (; v != 0; v <<= 8) b[n++] = (byte) (v >>> 24);
        b[n++] = '"';
    }

    void packedDigits(long v) {
        need(15);
        b[n] = '"';
        n += 1 + Bytes8.unpackDigits(v, b, n + 1);
        b[n++] = '"';
    }

    void box(long number) {
        need(13);
        b[n] = '"';
        Bytes8.unbox(number, b, n + 1);
        b[n + 12] = '"';
        n += 13;
    }

    private static final java.lang.invoke.VarHandle SHORT =
        java.lang.invoke.MethodHandles.byteArrayViewVarHandle(short[].class, java.nio.ByteOrder.LITTLE_ENDIAN);
    private static final short[] PAIRS = new short[100];
    static {
        for (int i = 0; i < 100; i++) PAIRS[i] = (short) ('0' + i / 10 | '0' + i % 10 << 8);
    }

    /** The eight digits of v < 10^8, one a byte, the first one lowest (Khuong, "How to print integers really fast"). */
    private static long digits(int v) {
        int high = v / 10000;
        long x = high | (long) (v - high * 10000) << 32;
        long top = x * 10486 >>> 20 & (0x7fL << 32 | 0x7f), hundreds = (x - 100 * top << 16) + top;
        long tens = hundreds * 103 >>> 10 & (0xfL << 48 | 0xfL << 32 | 0xfL << 16 | 0xf);
        return tens + (hundreds - 10 * tens << 8);
    }

    private static final long ZEROS = 0x3030303030303030L;

    /** Not negative. No branch on the number of digits. */
    void number(long v) {
        need(32);
        if (v < 100_000_000) {
            long d = digits((int) v);
            int zeros = Long.numberOfTrailingZeros(d | 1L << 56) & ~7;
            Bytes8.LONG.set(b, n, d + ZEROS >>> zeros);
            n += 8 - (zeros >>> 3);
            return;
        }
        long q = v / 100_000_000;
        number(q);
        Bytes8.LONG.set(b, n, digits((int) (v - q * 100_000_000)) + ZEROS);
        n += 8;
    }

    /** Fraction digits of masses and money. */
    static final int PLACES = 6;

    /** v / 10^places, exactly. */
    void decimal(long v, int places) {
        if (v < 0) {
            put('-');
            v = -v;
        }
        long whole;
        int part;                                // eight digits
        switch (places) {                        // constants: the compiler multiplies instead of dividing
            case 2: whole = v / 100; part = (int) (v - whole * 100) * 1000000; break;
            default: whole = v / 1000000; part = (int) (v - whole * 1000000) * 100;
        }
        number(whole);
        if (part == 0) return;
        long d = digits(part);
        b[n] = '.';
        Bytes8.LONG.set(b, n + 1, d + ZEROS);
        n += 9 - (Long.numberOfLeadingZeros(d) >>> 3);
    }

    /** high * 2^64 + low, unsigned, over 10^PLACES. */
    void money(long high, long low) {
        if (high == 0 && low >= 0) {
            decimal(low, PLACES);
            return;
        }
        BigInteger v = new BigInteger(1, java.nio.ByteBuffer.allocate(16).putLong(high).putLong(low).array());
        String s = new BigDecimal(v, PLACES).stripTrailingZeros().toPlainString();
        put(ascii(s));
    }

    private static final byte[] HEX = ascii("0123456789abcdef");

    void hex(long high, long low) {
        need(32);
        byte[] b = this.b;
        int n = this.n;
        for (int i = 60; i >= 0; i -= 4) b[n++] = HEX[(int) (high >>> i) & 15];
        for (int i = 60; i >= 0; i -= 4) b[n++] = HEX[(int) (low >>> i) & 15];
        this.n = n;
    }

    private void two(int v) {
        SHORT.set(b, n, PAIRS[v]);
        n += 2;
    }

    /** A time, with its quotes. */
    void time(long ms) {
        need(26);
        long days = ms / Bytes8.DAY_MS;
        int rest = (int) (ms - days * Bytes8.DAY_MS);
        int z = (int) days + 719468, era = z / 146097, doe = z - era * 146097;
        int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        int mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
        int y = yoe + era * 400 + (m <= 2 ? 1 : 0);
        b[n++] = '"';
        two(y / 100);
        two(y % 100);
        b[n++] = '-';
        two(m);
        b[n++] = '-';
        two(d);
        b[n++] = 'T';
        two(rest / 3600000);
        b[n++] = ':';
        two(rest / 60000 % 60);
        b[n++] = ':';
        two(rest / 1000 % 60);
        b[n++] = '.';
        int f = rest % 1000;
        b[n++] = (byte) ('0' + f / 100);
        two(f % 100);
        b[n++] = 'Z';
        b[n++] = '"';
    }
}

package dev.millrace.pipeline.serializer;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in memory, page by page: there may be more of them than one array holds, and none is copied when more are needed. They
 * are read once, and each page is let go when it has been.
 */
final class Pages extends OutputStream {
    private static final int FIRST_PAGE = 256;
    private static final int LARGEST_PAGE = 1 << 20;

    private final ArrayDeque<byte[]> full = new ArrayDeque<>();
    private byte[] page = new byte[FIRST_PAGE];
    private int used; // of the last page

    @Override
    public void write(int b) {
        if (used == page.length) next();
        page[used++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        int done = 0;
        while (done < length) {
            if (used == page.length) next();
            int n = Math.min(length - done, page.length - used);
            System.arraycopy(bytes, from + done, page, used, n);
            used += n;
            done += n;
        }
    }

    private void next() {
        full.add(page);
        page = new byte[Math.min(2 * page.length, LARGEST_PAGE)];
        used = 0;
    }

    /** What was written; nothing may be written any more. */
    InputStream read() {
        return new Reading();
    }

    private final class Reading extends InputStream {
        private byte @Nullable [] present;
        private int at;
        private int length;

        @Override
        public int read() {
            return isAtEnd() || present == null ? -1 : present[at++] & 0xff;
        }

        @Override
        public int read(byte[] into, int from, int most) {
            if (most == 0) return 0;
            if (isAtEnd() || present == null) return -1;
            int n = Math.min(most, length - at);
            System.arraycopy(present, at, into, from, n);
            at += n;
            return n;
        }

        private boolean isAtEnd() {
            while (at == length) {
                if (present == page) return true;
                present = full.isEmpty() ? page : full.poll();
                length = present == page ? used : present.length;
                at = 0;
            }
            return false;
        }
    }
}

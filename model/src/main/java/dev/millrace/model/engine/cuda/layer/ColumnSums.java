package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;

/** {@code db += sum_r dz_r}: the rows in parts, one after the other in each, then the parts one after the other. */
final class ColumnSums {
    private static final int COLUMNS = 32; // of a block
    private static final int LINES = 8;
    private static final int ROWS_OF_A_PART = 256;
    private static final int MOST_PARTS = 64;

    private final Device device;
    private final int width;
    private final long partial; // [parts, width]

    /** @param most rows */
    ColumnSums(Compilation to, long most, int width) {
        this.device = to.device();
        this.width = width;
        this.partial = to.tensor((long) parts(most) * width, true).address();
    }

    /** @param add whether to what stands there */
    void add(Tensor rows, long count, Tensor into, boolean add) {
        int parts = parts(count);
        device.kernel("columnSums")
                .address(rows.address())
                .count(count)
                .integer(width)
                .address(partial)
                .flag(rows.wide())
                .grid((width + COLUMNS - 1) / COLUMNS, parts, COLUMNS, LINES);
        finish(device, partial, parts, width, into, add);
    }

    /** Puts the sums of the parts together, [parts, width] at {@code partial}. */
    static void finish(Device device, long partial, int parts, int width, Tensor into, boolean add) {
        device.kernel("partSums")
                .address(partial)
                .integer(parts)
                .integer(width)
                .address(into.address())
                .flag(add)
                .elements(width);
    }

    /** In how many parts so many rows are summed. */
    static int parts(long rows) {
        return (int) Math.min(Math.max((rows + ROWS_OF_A_PART - 1) / ROWS_OF_A_PART, 1), MOST_PARTS);
    }
}

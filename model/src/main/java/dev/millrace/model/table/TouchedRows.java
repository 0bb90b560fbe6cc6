package dev.millrace.model.table;

import java.util.Arrays;
import java.util.Objects;

/**
 * Values for some rows of a table: a gradient's, or those that changed. Rows are found by open addressing with linear probing,
 * half full at most, so that what a step touches stays in the processor's caches however large the table is; the index is made
 * when a row is first looked for. Mutable and reusable; nothing is allocated once it has held as many rows.
 */
public final class TouchedRows {
    private static final int FIRST = 64;

    private static final int GOLDEN = 0x9E3779B9; // 2^32 over the golden ratio: Knuth's multiplicative hash

    private final int rows;
    private final int width;
    private int[] slots = new int[2]; // [a power of two, >= 2 capacity]: 1 more than the place of a row, 0 for none
    private int[] taken = new int[0]; // [capacity]: the slot of each row held
    private int[] ids = new int[0]; // [capacity]
    private float[] values = new float[0]; // [capacity, width]
    private int count;
    private int indexed; // rows that the slots know, the first ones

    /**
     * Holds no rows yet.
     *
     * @param rows of the table, >= 1
     * @param width values of a row, >= 1
     */
    public TouchedRows(int rows, int width) {
        if (rows < 1 || width < 1) {
            throw new IllegalArgumentException("rows and width must be >= 1. Received: " + rows + " and " + width);
        }
        this.rows = rows;
        this.width = width;
    }

    /** Rows of the table. */
    public int rows() {
        return rows;
    }

    /** Values of a row. */
    public int width() {
        return width;
    }

    /** How many rows are held. */
    public int count() {
        return count;
    }

    /** Values held: {@code count * width}. */
    public int size() {
        return count * width;
    }

    /** The backing array, [>= count]: which rows, in the order they came; valid until the next row. */
    public int[] ids() {
        return ids;
    }

    /** The backing array, [>= count, width], row-major; valid until the next row. */
    public float[] values() {
        return values;
    }

    /** The place of a row among those held; -1 if it is not. */
    public int find(int row) {
        index();
        return slots[slot(row)] - 1;
    }

    /**
     * The place of a row among those held, to which it is added with zeros if it is not.
     *
     * @throws IndexOutOfBoundsException if the table has no such row
     */
    public int place(int row) {
        index();
        int slot = slot(row);
        if (slots[slot] != 0) return slots[slot] - 1;
        Objects.checkIndex(row, rows);
        if (count == ids.length) {
            reserve(count + 1);
            index();
            slot = slot(row);
        }
        ids[count] = row;
        taken[count] = slot;
        for (int at = count * width, end = at + width; at < end; at++) values[at] = 0;
        slots[slot] = ++count;
        indexed = count;
        return count - 1;
    }

    /** Where a row is found, or would be put. */
    private int slot(int row) {
        int mask = slots.length - 1;
        int slot = (row * GOLDEN) >>> Integer.numberOfLeadingZeros(mask);
        int found;
        while ((found = slots[slot]) != 0 && ids[found - 1] != row) slot = (slot + 1) & mask;
        return slot;
    }

    /** Lets the slots know all rows. */
    private void index() {
        for (; indexed < count; indexed++) {
            int slot = slot(Objects.checkIndex(ids[indexed], rows));
            taken[indexed] = slot;
            slots[slot] = indexed + 1;
        }
    }

    /** Makes room for {@code wanted} rows; the slots are to be filled anew. */
    private void reserve(int wanted) {
        if (ids.length >= wanted) return;
        int capacity = (int) Math.min(Math.max(Math.max(2L * ids.length, wanted), FIRST), rows);
        ids = Arrays.copyOf(ids, capacity);
        taken = Arrays.copyOf(taken, capacity);
        values = Arrays.copyOf(values, Math.multiplyExact(capacity, width));
        slots = new int[Integer.highestOneBit(capacity) << 2];
        indexed = 0;
    }

    /** Adds rows to those held, {@code x += y}. */
    public void add(TouchedRows other) {
        add(other.ids, other.values, 0, other.count);
    }

    /**
     * Adds rows to those held, {@code x += y}.
     *
     * @param others which rows, none twice
     * @param theirs [others, width]
     * @param from the first that is added
     * @param length how many are added
     */
    public void add(int[] others, float[] theirs, int from, int length) {
        if (count == 0) {
            hold(others, from, length);
            System.arraycopy(theirs, from * width, values, 0, length * width);
            return;
        }
        for (int i = from; i < from + length; i++) {
            int to = place(others[i]) * width;
            for (int k = 0, at = i * width; k < width; k++) values[to + k] += theirs[at + k];
        }
    }

    /** Sets each row held, and those of another, to what the table has. */
    public void fill(TouchedRows others, float[] table) {
        if (count == 0) hold(others.ids, 0, others.count);
        else for (int i = 0; i < others.count; i++) place(others.ids[i]);
        fill(table);
    }

    /** Begins with these rows, to which nothing need be looked for. */
    private void hold(int[] others, int from, int length) {
        reserve(length);
        System.arraycopy(others, from, ids, 0, length);
        count = length;
    }

    /** Sets each row held to what the table has. In a loop of its own, whose cache misses overlap. */
    public void fill(float[] table) {
        for (int i = 0; i < count; i++) {
            for (int k = 0, from = ids[i] * width, to = i * width; k < width; k++) values[to + k] = table[from + k];
        }
    }

    /** Sets a row to what stands at {@code at}. */
    public void set(int row, float[] from, int at) {
        int to = place(row) * width; // before the values are named: it may make room for more
        for (int k = 0; k < width; k++) values[to + k] = from[at + k];
    }

    /** Forgets all rows; their room stays. */
    public void clear() {
        for (int i = 0; i < indexed; i++) slots[taken[i]] = 0;
        indexed = 0;
        count = 0;
    }
}

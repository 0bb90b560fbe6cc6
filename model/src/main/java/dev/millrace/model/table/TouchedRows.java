package dev.millrace.model.table;

import java.util.Arrays;

/**
 * Values for some rows of a table: a gradient's, or those that changed. A sparse set (Briggs and Torczon 1993): finding a row
 * and forgetting all are O(1), walking them O(count); nothing is as large as the table but one int a row. Mutable and
 * reusable; nothing is allocated once it has held as many rows.
 */
public final class TouchedRows {
    private static final int FIRST = 64;

    private final int width;
    private final int[] places; // [rows of the table]: where a row stands, if it is that row which stands there
    private int[] ids = new int[0]; // [capacity]
    private float[] values = new float[0]; // [capacity, width]
    private int count;

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
        this.width = width;
        this.places = new int[rows];
    }

    /** Rows of the table. */
    public int rows() {
        return places.length;
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

    /**
     * The place of a row among those held; -1 if it is not.
     *
     * @throws ArrayIndexOutOfBoundsException if the table has no such row
     */
    public int find(int row) {
        int place = places[row];
        return place < count && ids[place] == row ? place : -1;
    }

    /** The place of a row among those held, to which it is added with zeros if it is not. */
    public int place(int row) {
        int place = places[row];
        if (place < count && ids[place] == row) return place;
        if (count == ids.length) grow(count + 1);
        ids[count] = row;
        places[row] = count;
        Arrays.fill(values, count * width, (count + 1) * width, 0);
        return count++;
    }

    /** Makes room for {@code wanted} rows. */
    private void grow(int wanted) {
        long doubled = Math.max(Math.max(2L * ids.length, wanted), FIRST);
        int capacity = (int) Math.min(doubled, places.length);
        ids = Arrays.copyOf(ids, capacity);
        values = Arrays.copyOf(values, Math.multiplyExact(capacity, width));
    }

    /** Adds rows to those held, {@code x += y}. */
    public void add(TouchedRows other) {
        add(other.ids, other.values, 0, other.count);
    }

    /**
     * Adds rows to those held, {@code x += y}.
     *
     * @param others which rows
     * @param theirs [others, width]
     * @param from the first that is added
     * @param length how many are added
     */
    public void add(int[] others, float[] theirs, int from, int length) {
        for (int i = from; i < from + length; i++) {
            int to = place(others[i]) * width;
            for (int k = 0, at = i * width; k < width; k++) values[to + k] += theirs[at + k];
        }
    }

    /** Sets each row held to what the table has. */
    public void fill(float[] table) {
        for (int i = 0; i < count; i++) System.arraycopy(table, ids[i] * width, values, i * width, width);
    }

    /** Sets a row to what stands at {@code at}. */
    public void set(int row, float[] from, int at) {
        int to = place(row) * width; // before the values are named: it may make room for more
        System.arraycopy(from, at, values, to, width);
    }

    /** Forgets all rows; their room stays. */
    public void clear() {
        count = 0;
    }
}

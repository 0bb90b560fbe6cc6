package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.Device;
import dev.millrace.model.engine.cuda.device.Tensor;

/**
 * Some columns of rows.
 *
 * @param of the rows, row-major
 * @param width values of a row
 * @param from the first column
 */
record Columns(Tensor of, int width, int from) {

    /** Copies or adds columns, converting between types. */
    static void move(Device device, Columns source, Columns target, int columns, int rows, boolean add) {
        device.kernel("columns")
                .address(source.of.address())
                .integer(source.width)
                .integer(source.from)
                .flag(source.of.wide())
                .address(target.of.address())
                .integer(target.width)
                .integer(target.from)
                .flag(target.of.wide())
                .integer(columns)
                .integer(rows)
                .flag(add)
                .elements((long) rows * columns);
    }

    /** Copies whole rows. */
    static void all(Device device, Tensor source, Tensor target, int width, int rows) {
        move(device, new Columns(source, width, 0), new Columns(target, width, 0), width, rows, false);
    }
}

package dev.millrace.model.table;

import dev.millrace.model.spec.ParameterBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * A table with the optimizer's state of its rows, as the parameter server holds it.
 *
 * @param rows how many
 * @param width values of a row
 * @param values [rows, width], row-major
 * @param slots [slots][rows, width]
 */
public record Table(int rows, int width, float[] values, float[][] slots) {

    /** Rows of this table, none yet. */
    public TouchedRows touched() {
        return new TouchedRows(rows, width);
    }

    /** The same table with another optimizer state. */
    public Table withSlots(float[][] others) {
        return new Table(rows, width, values, others);
    }

    /** Rows of each of a model's tables, none yet. */
    public static TouchedRows[] touched(List<ParameterBlock> tables) {
        List<TouchedRows> touched = new ArrayList<>();
        for (ParameterBlock table : tables)
            touched.add(new TouchedRows(table.shape().get(0), table.shape().get(1)));
        return touched.toArray(new TouchedRows[0]);
    }
}

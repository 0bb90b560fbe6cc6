package dev.millrace.pipeline.server;

import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import dev.millrace.pipeline.serializer.FloatArrays;
import dev.millrace.pipeline.serializer.IntArrays;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Tables and rows of them in a checkpoint. */
final class TablesFormat {
    private TablesFormat() {}

    static void write(List<Table> tables, DataOutputView out) throws IOException {
        out.writeInt(tables.size());
        for (Table table : tables) {
            out.writeInt(table.rows());
            out.writeInt(table.width());
            FloatArrays.write(table.values(), out);
            out.writeInt(table.slots().length);
            for (float[] slot : table.slots()) FloatArrays.write(slot, out);
        }
    }

    static List<Table> read(DataInputView in) throws IOException {
        int count = in.readInt();
        List<Table> tables = new ArrayList<>();
        for (int t = 0; t < count; t++) {
            int rows = in.readInt();
            int width = in.readInt();
            float[] values = FloatArrays.read(in);
            float[][] slots = new float[in.readInt()][];
            for (int s = 0; s < slots.length; s++) slots[s] = FloatArrays.read(in);
            tables.add(new Table(rows, width, values, slots));
        }
        return tables;
    }

    static void write(TouchedRows[] touched, DataOutputView out) throws IOException {
        out.writeInt(touched.length);
        for (TouchedRows rows : touched) {
            out.writeInt(rows.count());
            IntArrays.write(rows.ids(), 0, rows.count(), out);
            FloatArrays.write(rows.values(), 0, rows.size(), out);
        }
    }

    /** Rows of each of the tables; of length 0 if none were written. */
    static TouchedRows[] read(List<Table> tables, DataInputView in) throws IOException {
        TouchedRows[] touched = new TouchedRows[in.readInt()];
        for (int t = 0; t < touched.length; t++) {
            TouchedRows rows = tables.get(t).touched();
            int[] ids = new int[in.readInt()];
            float[] values = new float[ids.length * rows.width()];
            IntArrays.read(ids, ids.length, in);
            FloatArrays.read(values, 0, values.length, in);
            rows.add(ids, values, 0, ids.length);
            touched[t] = rows;
        }
        return touched;
    }
}

package dev.millrace.pipeline.serve;

import dev.millrace.model.spec.ModelSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of one request, as inputs of a model, within the limits of a request. Rows count from 1 in messages. */
final class Rows {
    private final int inputs;
    private final int maxRows;
    private final int[] idCounts; // [inputs]: how many ids there are, 0 for a number
    private final List<@Nullable String> ids = new ArrayList<>();
    private float[] values; // [capacity, inputs], row-major
    private int count;

    /** @param limits of a request; fewer rows where the model is wide */
    Rows(ModelSpec spec, Limits limits) {
        this.inputs = spec.inputs();
        this.maxRows = Math.max(1, Math.min(limits.rows(), Limits.VALUES / (inputs + spec.outputs())));
        this.idCounts = spec.ids();
        this.values = new float[inputs];
    }

    /**
     * Makes room for one more row.
     *
     * @return where it begins in {@link #values}
     * @throws ProblemException if a request may have no more
     */
    int begin() {
        if (count == maxRows) {
            throw ProblemException.tooLarge("A request to this model may have " + maxRows + " rows. Received more");
        }
        int from = count * inputs;
        if (from + inputs > values.length) {
            long grown = Math.min((long) maxRows * inputs, 2L * values.length);
            values = Arrays.copyOf(values, (int) Math.max(grown, from + inputs));
        }
        return from;
    }

    /**
     * Ends a row whose values are all in.
     *
     * @param id what names it to people; null for nothing
     * @throws ProblemException if a value cannot be an input
     */
    void end(@Nullable String id) {
        int from = count * inputs;
        for (int i = 0; i < inputs; i++) {
            float value = values[from + i];
            if (!Float.isFinite(value)) throw wrong("feature " + i + " must be finite. Received: " + value);
            int known = idCounts[i];
            if (known == 0 || (value >= 0 && value < known && value == (int) value)) continue;
            throw wrong("feature " + i + " must be an id, an integer in 0.." + (known - 1) + ". Received: " + value);
        }
        ids.add(id);
        count++;
    }

    /** What is wrong with the row that has begun. */
    ProblemException wrong(String what) {
        return ProblemException.badRequest("row " + (count + 1) + ": " + what);
    }

    /** [at least count, inputs], row-major. */
    float[] values() {
        return values;
    }

    int inputs() {
        return inputs;
    }

    int count() {
        return count;
    }

    @Nullable
    String id(int row) {
        return ids.get(row);
    }
}

package dev.millrace.model.optimizer;

import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.Arrays;

/**
 * One table's part of a step, lazy: rows that no sample touched keep their values and their optimizer state (no momentum, no
 * decay), so a step costs what it touched, not what the table holds. Rows are gathered tile by tile for the same optimizer
 * that updates whole vectors; results wait until the whole step is accepted. Source: the lazy updates of McMahan et al. 2013 and
 * of PyTorch's SparseAdam.
 */
final class TableStep {
    private static final int TILE = 4096;

    private final Optimizer optimizer;
    private final FiniteCheck check;
    private final int width;
    private final int tileRows;
    private final float[] gradient; // [tileRows, width], as all of the tile
    private final float[] parameters;
    private final float[] nextParameters;
    private final OptimizerState state;
    private final OptimizerState nextState;
    private float[] nextValues = new float[0]; // [count, width]
    private float[][] nextSlots; // [slots][count, width]

    TableStep(Optimizer optimizer, FiniteCheck check, int width) {
        this.optimizer = optimizer;
        this.check = check;
        this.width = width;
        this.tileRows = Math.max(1, TILE / width);
        int tile = tileRows * width;
        this.gradient = new float[tile];
        this.parameters = new float[tile];
        this.nextParameters = new float[tile];
        this.state = optimizer.init(tile);
        this.nextState = optimizer.init(tile);
        this.nextSlots = new float[state.slots().length][0];
    }

    /** {@code g += decay theta} for the rows touched. */
    void decay(TouchedRows sum, Table table, float decay) {
        float[] g = sum.values();
        for (int i = 0; i < sum.count(); i++) {
            int row = sum.ids()[i] * width;
            for (int k = 0; k < width; k++) g[i * width + k] += decay * table.values()[row + k];
        }
    }

    /** Computes what the rows become; whether that is finite. */
    boolean update(long step, double learningRate, TouchedRows sum, Table table) {
        reserve(sum.size());
        for (int from = 0; from < sum.count(); from += tileRows) {
            int rows = Math.min(tileRows, sum.count() - from);
            gather(sum, from, rows, table);
            optimizer.update(step, learningRate, gradient, state, parameters, nextState, nextParameters);
            System.arraycopy(nextParameters, 0, nextValues, from * width, rows * width);
            for (int s = 0; s < nextSlots.length; s++) {
                System.arraycopy(nextState.slots()[s], 0, nextSlots[s], from * width, rows * width);
            }
        }
        boolean finite = check.allFinite(nextValues, sum.size());
        for (float[] slot : nextSlots) finite &= check.allFinite(slot, sum.size());
        return finite;
    }

    private void reserve(int size) {
        if (nextValues.length >= size) return;
        nextValues = new float[size + size / 2];
        for (int s = 0; s < nextSlots.length; s++) nextSlots[s] = new float[nextValues.length];
    }

    private void gather(TouchedRows sum, int from, int rows, Table table) {
        System.arraycopy(sum.values(), from * width, gradient, 0, rows * width);
        Arrays.fill(gradient, rows * width, gradient.length, 0);
        gather(sum, from, rows, table.values(), parameters);
        for (int s = 0; s < nextSlots.length; s++) gather(sum, from, rows, table.slots()[s], state.slots()[s]);
    }

    private void gather(TouchedRows sum, int from, int rows, float[] table, float[] tile) {
        int[] ids = sum.ids();
        if (width == 1) {
            for (int i = 0; i < rows; i++) tile[i] = table[ids[from + i]];
        } else {
            for (int i = 0; i < rows; i++) System.arraycopy(table, ids[from + i] * width, tile, i * width, width);
        }
    }

    /** Lets the table have what was computed. */
    void commit(TouchedRows sum, Table table) {
        scatter(sum, nextValues, table.values());
        for (int s = 0; s < nextSlots.length; s++) scatter(sum, nextSlots[s], table.slots()[s]);
    }

    private void scatter(TouchedRows sum, float[] rows, float[] table) {
        int[] ids = sum.ids();
        if (width == 1) {
            for (int i = 0; i < sum.count(); i++) table[ids[i]] = rows[i];
        } else {
            for (int i = 0; i < sum.count(); i++) System.arraycopy(rows, i * width, table, ids[i] * width, width);
        }
    }
}

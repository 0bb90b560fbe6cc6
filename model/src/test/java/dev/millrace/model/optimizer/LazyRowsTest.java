package dev.millrace.model.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.model.table.Table;
import dev.millrace.model.table.TouchedRows;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps on the rows that samples touched, against steps on the whole table with zeros for the rest. */
class LazyRowsTest {
    private static final int ROWS = 3000;
    private static final int WIDTH = 5; // with 1,500 rows a step, two tiles and a rest

    private static TouchedRows touched(SplittableRandom random, int count) {
        TouchedRows rows = new TouchedRows(ROWS, WIDTH);
        for (int i = 0; i < count; i++) {
            int place = rows.place(random.nextInt(ROWS));
            for (int k = 0; k < WIDTH; k++) rows.values()[place * WIDTH + k] += (float) (random.nextDouble() - 0.5);
        }
        return rows;
    }

    private static float[] whole(TouchedRows rows) {
        float[] whole = new float[ROWS * WIDTH];
        for (int i = 0; i < rows.count(); i++) {
            System.arraycopy(rows.values(), i * WIDTH, whole, rows.ids()[i] * WIDTH, WIDTH);
        }
        return whole;
    }

    private static UpdateRule rule(String name, Map<String, Object> more) {
        Map<String, Object> tree = new TreeMap<>(more);
        tree.put("name", name);
        return OptimizerSpec.of(tree).rule();
    }

    private static boolean step(UpdateRule rule, long step, TouchedRows sum, TouchedRows[] before, Table table) {
        return rule.apply(
                step,
                0.1,
                2,
                new float[1],
                before.length == 0 ? new float[0] : new float[1],
                rule.init(1),
                new float[1],
                rule.init(1),
                new float[1],
                new TableGradients(new TouchedRows[] {sum}, before),
                List.of(table));
    }

    /** These leave alone what has no gradient, so being lazy makes no difference. */
    @ParameterizedTest
    @ValueSource(strings = {"sgd", "adagrad", "ftrl"})
    void optimizersThatLeaveUntouchedRowsAloneDoTheSameLazily(String name) {
        UpdateRule rule = rule(name, Map.of("clip_norm", 3.0));
        SplittableRandom random = new SplittableRandom(7);
        float[] expected = new float[ROWS * WIDTH];
        Table table = rule.table(ROWS, WIDTH, new float[ROWS * WIDTH]);
        OptimizerState state = rule.init(expected.length);
        for (int step = 1; step <= 4; step++) {
            TouchedRows rows = touched(random, 1500);
            float[] next = new float[expected.length];
            OptimizerState nextState = rule.init(expected.length);
            rule.apply(step, 0.1, 2, whole(rows), state, expected, nextState, next);
            double norm = rule.gradientNorm();
            expected = next;
            state = nextState;

            assertThat(step(rule, step, rows, new TouchedRows[0], table)).isTrue();
            assertThat(rule.gradientNorm()).isCloseTo(norm, within(1e-5 * norm));
        }

        assertThat(table.values()).containsExactly(expected, within(1e-6f));
    }

    /** Expected: PyTorch 1.13, SparseAdam(lr=0.1, betas=(0.9, 0.999), eps=1e-7) after {@code model/src/test/python/sparse_adam.py}. */
    @Test
    void adamIsPyTorchsSparseAdam() {
        UpdateRule rule = rule("adam", Map.of());
        Table table = rule.table(4, 1, new float[] {0.5f, -0.25f, 1, 2});
        float[][] gradients = {{0.3f, -0.7f}, {0.2f, 0.1f}, {-0.5f, 0.4f}};
        int[][] rows = {{0, 2}, {2, 1}, {0, 1}};
        for (int step = 0; step < 3; step++) {
            TouchedRows sum = new TouchedRows(4, 1);
            for (int i = 0; i < 2; i++) sum.set(rows[step][i], new float[] {2 * gradients[step][i]}, 0);
            step(rule, step + 1, sum, new TouchedRows[0], table);
        }

        assertThat(table.values()).containsExactly(SPARSE_ADAM, within(2e-6f));
    }

    private static final float[] SPARSE_ADAM = {0.42520204f, -0.40033117f, 1.1439722f, 2f};

    @Test
    void aStepThatIsNotFiniteLeavesEveryBitOfTheTable() {
        UpdateRule rule = rule("adam", Map.of());
        Table table = rule.table(ROWS, WIDTH, new float[ROWS * WIDTH]);
        step(rule, 1, touched(new SplittableRandom(1), 100), new TouchedRows[0], table);
        float[] values = table.values().clone();
        float[] slot = table.slots()[1].clone();
        TouchedRows bad = touched(new SplittableRandom(2), 100);
        bad.values()[17] = Float.NaN;

        boolean accepted = step(rule, 2, bad, new TouchedRows[0], table);

        assertThat(accepted).isFalse();
        assertThat(table.values()).containsExactly(values);
        assertThat(table.slots()[1]).containsExactly(slot);
    }

    @Test
    void aSquareThatOverflowsIsRefusedToo() {
        UpdateRule rule = rule("adagrad", Map.of());
        Table table = rule.table(ROWS, WIDTH, new float[ROWS * WIDTH]);
        TouchedRows bad = new TouchedRows(ROWS, WIDTH);
        int place = bad.place(5);
        bad.values()[place] = 1e30f;

        assertThat(step(rule, 1, bad, new TouchedRows[0], table)).isFalse();
        assertThat(table.values()).containsOnly(0);
    }

    @Test
    void theProductWithTheStepBeforeIsOverTheRowsOfBoth() {
        UpdateRule rule = rule("sgd", Map.of());
        Table table = rule.table(ROWS, WIDTH, new float[ROWS * WIDTH]);
        SplittableRandom random = new SplittableRandom(4);
        TouchedRows first = touched(random, 2000);
        TouchedRows second = touched(random, 2000);
        TouchedRows[] before = {new TouchedRows(ROWS, WIDTH)};
        double expected = 0;
        float[] a = whole(first);
        float[] b = whole(second);
        for (int i = 0; i < a.length; i++) expected += a[i] * (double) b[i] / 4;

        step(rule, 1, first, before, table);
        step(rule, 2, second, before, table);

        assertThat(rule.product()).isCloseTo(expected, within(1e-4));
    }
}

package dev.millrace.model.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TouchedRowsTest {

    @Test
    void holdsWhatAMapWouldHold() {
        SplittableRandom random = new SplittableRandom(11);
        TouchedRows rows = new TouchedRows(500, 3);
        for (int round = 0; round < 20; round++) {
            rows.clear();
            Map<Integer, float[]> map = new HashMap<>();
            for (int i = 0; i < random.nextInt(400); i++) {
                int row = random.nextInt(500);
                float[] values = {i, random.nextInt(9), 1};
                rows.add(new int[] {row}, values, 0, 1);
                float[] held = map.computeIfAbsent(row, key -> new float[3]);
                for (int k = 0; k < 3; k++) held[k] += values[k];
            }
            TouchedRows sum = new TouchedRows(500, 3);
            sum.add(rows); // held as they come
            sum.add(rows); // found among those held
            for (int i = 0; i < sum.count(); i++)
                assertThat(sum.values()[i * 3]).isEqualTo(2 * rows.values()[i * 3]);
            assertThat(sum.count()).isEqualTo(rows.count());

            assertThat(rows.count()).isEqualTo(map.size());
            map.forEach((row, values) -> {
                int at = rows.find(row) * 3;
                assertThat(new float[] {rows.values()[at], rows.values()[at + 1], rows.values()[at + 2]})
                        .containsExactly(values);
            });
        }
    }

    @Test
    void aRowThatWasForgottenBeginsAtZero() {
        TouchedRows rows = new TouchedRows(10, 2);
        rows.set(4, new float[] {7, 8}, 0);
        rows.clear();

        assertThat(rows.find(4)).isEqualTo(-1);
        int place = rows.place(4);
        assertThat(rows.values()[place * 2 + 1]).isZero();
    }

    @Test
    void itIsFilledFromATableWithItsOwnRowsAndThoseOfAnother() {
        float[] table = {0, 10, 20, 30, 40};
        TouchedRows changed = new TouchedRows(5, 1);
        changed.place(4);
        changed.place(1);
        TouchedRows sent = new TouchedRows(5, 1);

        sent.fill(changed, table);
        changed.clear();
        changed.place(2);
        changed.place(4);
        table[1] = 11;
        sent.fill(changed, table);

        assertThat(sent.count()).isEqualTo(3);
        assertThat(sent.values()).startsWith(40, 11, 20);
        assertThat(sent.find(1)).isEqualTo(1);
        assertThat(sent.find(3)).isEqualTo(-1);
        sent.clear();
        assertThat(sent.find(1)).isEqualTo(-1);
    }

    @Test
    void aRowOutsideTheTableIsRefused() {
        TouchedRows rows = new TouchedRows(10, 2);

        assertThatThrownBy(() -> rows.place(10)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new TouchedRows(0, 2)).hasMessage("rows and width must be >= 1. Received: 0 and 2");
    }
}

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
    void aRowOutsideTheTableIsRefused() {
        TouchedRows rows = new TouchedRows(10, 2);

        assertThatThrownBy(() -> rows.place(10)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new TouchedRows(0, 2)).hasMessage("rows and width must be >= 1. Received: 0 and 2");
    }
}

package dev.millrace.model.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every shape class that chooses another library, against three plain loops in float64. */
class BlasTest {
    private static final double TOLERANCE = 1e-5; // sums of at most 100 products of values below 1 in float32

    @ParameterizedTest
    @CsvSource({"1, 5, 3", "1, 100, 40", "7, 5, 3", "7, 33, 16", "7, 33, 17", "64, 100, 40", "32, 20, 1"})
    void productsAreThoseOfPlainLoops(int rows, int inputs, int units) {
        double[] x = random(rows * inputs, 1);
        double[] w = random(units * inputs, 2);
        double[] dz = random(rows * units, 3);
        double[] dw = random(units * inputs, 4);
        double[] z = random(rows * units, 5);
        double[] ones = DoubleStream.generate(() -> 1).limit(rows).toArray();
        double[] columnSums = random(units, 6);
        double[] dx = new double[rows * inputs];
        double[] sum = dw.clone();
        double[] before = z.clone();
        double[] sumsBefore = columnSums.clone();
        for (int r = 0; r < rows; r++) {
            for (int u = 0; u < units; u++) {
                columnSums[u] += dz[r * units + u];
                for (int i = 0; i < inputs; i++) {
                    z[r * units + u] += x[r * inputs + i] * w[u * inputs + i];
                    dx[r * inputs + i] += dz[r * units + u] * w[u * inputs + i];
                    sum[u * inputs + i] += dz[r * units + u] * x[r * inputs + i];
                }
            }
        }

        try (OffHeap heapX = put(x);
                OffHeap heapW = put(w);
                OffHeap heapDz = put(dz);
                OffHeap heapDw = put(dw);
                OffHeap heapZ = put(before);
                OffHeap heapOnes = put(ones);
                OffHeap heapSums = put(sumsBefore);
                OffHeap heapDx = new OffHeap(dx.length)) {
            FloatPointer pointerX = heapX.pointer(0);
            FloatPointer pointerW = heapW.pointer(0);
            FloatPointer pointerDz = heapDz.pointer(0);
            Blas.forward(pointerX, pointerW, heapZ.pointer(0), rows, inputs, units);
            Blas.inputGradient(pointerDz, pointerW, heapDx.pointer(0), rows, inputs, units);
            Blas.weightGradient(pointerDz, pointerX, heapDw.pointer(0), 1f, rows, inputs, units);
            Blas.addColumnSums(pointerDz, heapOnes.pointer(0), heapSums.pointer(0), rows, units);

            assertThat(get(heapSums, units)).containsExactly(columnSums, within(TOLERANCE));
            assertThat(get(heapZ, z.length)).containsExactly(z, within(TOLERANCE));
            assertThat(get(heapDx, dx.length)).containsExactly(dx, within(TOLERANCE));
            assertThat(get(heapDw, sum.length)).containsExactly(sum, within(TOLERANCE));
        }
    }

    private static double[] random(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = new double[length];
        for (int i = 0; i < length; i++) values[i] = (float) (random.nextDouble() - 0.5);
        return values;
    }

    private static OffHeap put(double[] values) {
        OffHeap heap = new OffHeap(values.length);
        for (int i = 0; i < values.length; i++) Memory.put(heap.address(i), (float) values[i]);
        return heap;
    }

    private static double[] get(OffHeap heap, int length) {
        double[] values = new double[length];
        for (int i = 0; i < length; i++) values[i] = Memory.get(heap.address(i));
        return values;
    }
}

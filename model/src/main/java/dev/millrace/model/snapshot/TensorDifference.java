package dev.millrace.model.snapshot;

import dev.millrace.model.spec.ParameterBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a tensor changed from one snapshot to another, with {@code a} and {@code b} its values in each. Computed in double
 * precision.
 *
 * @param name {@code layer/tensor}
 * @param shapeA outermost first; null if the first snapshot lacks it
 * @param shapeB null if the second lacks it
 * @param normA Euclidean, {@code |a|}; null if the first lacks it
 * @param normB {@code |b|}; null if the second lacks it
 * @param maxChange {@code max_i |b_i - a_i|}; null, as the rest, where the shapes are not equal
 * @param relativeChange {@code |b - a| / |a|}; 0 for no change; null for a change from zero
 * @param cosine {@code a.b / (|a| |b|)}, in -1..1; null if one of them is zero
 */
public record TensorDifference(
        String name,
        @Nullable List<Integer> shapeA,
        @Nullable List<Integer> shapeB,
        @Nullable Double normA,
        @Nullable Double normB,
        @Nullable Double maxChange,
        @Nullable Double relativeChange,
        @Nullable Double cosine) {

    /** Of a tensor that may be in one snapshot alone, or be of another shape in the other. */
    static TensorDifference of(
            String name, @Nullable ParameterBlock a, float[] valuesA, @Nullable ParameterBlock b, float[] valuesB) {
        Sums sums = new Sums();
        boolean comparable = false;
        if (a != null && b != null && a.shape().equals(b.shape())) {
            comparable = true;
            sums.addBoth(valuesA, a.offset(), valuesB, b.offset(), a.size());
        } else {
            if (a != null) sums.addFirst(valuesA, a.offset(), a.size());
            if (b != null) sums.addSecond(valuesB, b.offset(), b.size());
        }
        return sums.difference(name, a == null ? null : a.shape(), b == null ? null : b.shape(), comparable);
    }

    /** What the figures are made of; those of several tensors add up to those of all of them. */
    static final class Sums {
        private double squaresA;
        private double squaresB;
        private double squaresOfChange;
        private double products;
        private double maxChange;

        void addBoth(float[] a, int offsetA, float[] b, int offsetB, int length) {
            for (int i = 0; i < length; i++) {
                double x = a[offsetA + i];
                double y = b[offsetB + i];
                double change = y - x;
                squaresA += x * x;
                squaresB += y * y;
                products += x * y;
                squaresOfChange += change * change;
                maxChange = Math.max(maxChange, Math.abs(change));
            }
        }

        void addFirst(float[] a, int offset, int length) {
            for (int i = offset; i < offset + length; i++) squaresA += (double) a[i] * a[i];
        }

        void addSecond(float[] b, int offset, int length) {
            for (int i = offset; i < offset + length; i++) squaresB += (double) b[i] * b[i];
        }

        TensorDifference difference(
                String name, @Nullable List<Integer> shapeA, @Nullable List<Integer> shapeB, boolean comparable) {
            return new TensorDifference(
                    name,
                    shapeA,
                    shapeB,
                    shapeA == null ? null : Math.sqrt(squaresA),
                    shapeB == null ? null : Math.sqrt(squaresB),
                    comparable ? maxChange : null,
                    comparable ? relativeChange() : null,
                    comparable ? cosine() : null);
        }

        private @Nullable Double relativeChange() {
            if (squaresOfChange == 0) return 0.0;
            return squaresA == 0 ? null : Math.sqrt(squaresOfChange / squaresA);
        }

        /** Rounding may lead a little beyond 1. */
        private @Nullable Double cosine() {
            if (squaresA == 0 || squaresB == 0) return null;
            return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA) / Math.sqrt(squaresB)));
        }
    }
}

package dev.millrace.model.feature;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One number: {@code x}, {@code ln(1 + x)} or {@code (x - min) / (max - min)}, in double before it becomes a float.
 *
 * @param log1p whether the logarithm is taken; then there are neither {@code min} nor {@code max}
 * @param min becomes 0; null for no scaling
 * @param max becomes 1; null for no scaling
 * @param missing stands for a missing value; null rejects the record
 * @param indicator whether a second input is 1 where the value is missing, else 0
 */
public record NumericFeature(
        String field,
        boolean log1p,
        @Nullable Double min,
        @Nullable Double max,
        @Nullable Double missing,
        boolean indicator)
        implements Feature {
    /** {@code ln(1 + n)} of small counts, which most numbers are whose logarithm is taken: log1p is a native call. */
    private static final double[] LOGARITHMS =
            IntStream.range(0, 1024).mapToDouble(Math::log1p).toArray();

    @Override
    public int width() {
        return indicator ? 2 : 1;
    }

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        return index == 0 ? field : field + "?";
    }

    @Override
    public String transform() {
        String transform = log1p ? "log1p" : min == null ? "as it is" : "min-max " + min + ".." + max;
        return missing == null ? transform : transform + ", missing " + missing;
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        tree.put("transform", log1p ? "log1p" : "none");
        if (min != null) tree.put("min", min);
        if (max != null) tree.put("max", max);
        tree.put("missing", missing == null ? "reject" : missing);
        tree.put("indicator", indicator);
        return Map.of("numeric", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        ToDoubleFunction<Object> number = Values.number(reader);
        float instead = missing == null ? Float.NaN : (float) scaled(missing);
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value != null) {
                into[at] = (float) scaled(number.applyAsDouble(value));
            } else if (missing == null) {
                throw UnmappableException.missing(field);
            } else {
                into[at] = instead;
                if (indicator) into[at + 1] = 1;
            }
        };
    }

    private double scaled(double x) {
        if (log1p) {
            if (!(x > -1)) throw UnmappableException.feature(field + " must be > -1 for log1p. Received: " + x);
            int count = (int) x;
            return count == x && count >= 0 && count < LOGARITHMS.length ? LOGARITHMS[count] : Math.log1p(x);
        }
        return min == null || max == null ? x : (x - min) / (max - min);
    }
}

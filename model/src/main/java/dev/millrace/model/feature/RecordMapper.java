package dev.millrace.model.feature;

import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.RejectionReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * A mapping made ready for its schema. Pure: a record gives the same sample, bit for bit, in training, in
 * {@code predict} and in a service.
 */
public final class RecordMapper {
    private final FeatureSpec spec;
    private final Schema schema;
    private final int width;
    private final FeatureWriter[] writers; // [inputs of the specification]
    private final int[] widths;
    private final @Nullable Label label;
    private final float[] classWeights; // [classes], or empty
    private final @Nullable Weight weight;
    private final @Nullable Id id;
    private final @Nullable Time time;

    private record Label(FieldReader reader, Function<Object, float[]> values) {}

    private record Weight(
            FieldReader reader,
            ToDoubleFunction<Object> number,
            @Nullable Double missing) {}

    private record Id(FieldReader reader, Function<Object, String> text) {}

    private record Time(FieldReader reader, ToLongFunction<Object> millis) {}

    /** @throws IllegalArgumentException naming every field of a type that cannot be taken */
    RecordMapper(FeatureMapping mapping) {
        this.spec = mapping.spec();
        this.schema = mapping.schema();
        this.width = spec.width();
        List<String> problems = new ArrayList<>();
        List<Feature> inputs = spec.inputs();
        writers = new FeatureWriter[inputs.size()];
        widths = new int[inputs.size()];
        for (int i = 0; i < writers.length; i++) {
            Feature input = inputs.get(i);
            FeatureWriter writer = tried(() -> input.compile(this::reader), problems);
            writers[i] = writer == null ? (record, into, at) -> {} : writer;
            widths[i] = input.width();
        }
        LabelSpec labelSpec = spec.label();
        WeightSpec weightSpec = spec.weight();
        String idPath = spec.id();
        String timePath = spec.eventTime();
        label = labelSpec == null ? null : tried(() -> label(labelSpec), problems);
        List<Double> perClass = labelSpec == null ? List.of() : labelSpec.classWeights();
        classWeights = new float[perClass.size()];
        for (int i = 0; i < classWeights.length; i++)
            classWeights[i] = perClass.get(i).floatValue();
        weight = weightSpec == null ? null : tried(() -> weight(weightSpec), problems);
        id = idPath == null ? null : tried(() -> new Id(reader(idPath), Values.text(reader(idPath))), problems);
        time = timePath == null
                ? null
                : tried(() -> new Time(reader(timePath), Values.millis(reader(timePath))), problems);
        if (!problems.isEmpty()) throw FeatureSpecReader.mistakes(problems);
    }

    private interface Attempt<T> {
        T get();
    }

    private static <T> @Nullable T tried(Attempt<T> attempt, List<String> problems) {
        try {
            return attempt.get();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private FieldReader reader(String path) {
        return FieldReader.of(path, schema, (record, field) -> {});
    }

    private Label label(LabelSpec spec) {
        FieldReader reader = reader(spec.field());
        if (!spec.classes().isEmpty()) {
            Function<Object, String> text = Values.text(reader);
            Map<String, float[]> labels = new HashMap<>();
            for (String name : spec.classes()) labels.put(name, new float[] {labels.size()});
            return new Label(reader, value -> {
                float[] found = labels.get(text.apply(value));
                if (found != null) return found;
                throw new UnmappableException(
                        RejectionReason.BAD_LABEL,
                        spec.field() + " must be one of the classes " + spec.classes() + ". Received: "
                                + Values.shown(value));
            });
        }
        if (reader.schema().getType() != Schema.Type.ARRAY) {
            ToDoubleFunction<Object> number = Values.number(reader);
            return new Label(reader, value -> new float[] {(float) number.applyAsDouble(value)});
        }
        Schema item = FieldReader.present(spec.field(), reader.schema().getElementType());
        ToDoubleFunction<Object> number = Values.number(new FieldReader(spec.field() + "[]", item, List.of()));
        return new Label(reader, value -> numbers((List<?>) value, number));
    }

    private float[] numbers(List<?> values, ToDoubleFunction<Object> number) {
        float[] numbers = new float[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            Object each = values.get(i);
            if (each == null) throw new UnmappableException(RejectionReason.BAD_LABEL, "label " + i + " has no value");
            numbers[i] = (float) number.applyAsDouble(each);
        }
        return numbers;
    }

    private Weight weight(WeightSpec spec) {
        FieldReader reader = reader(spec.field());
        return new Weight(reader, Values.number(reader), spec.missing());
    }

    /** Features of one record. */
    public int width() {
        return width;
    }

    /**
     * Maps a record.
     *
     * @param record of the mapping's schema
     * @param recordTime the event time if the mapping reads none, milliseconds since the epoch
     * @throws UnmappableException naming field, limit and what was received
     */
    public void map(GenericRecord record, long recordTime, DecodedSample into) {
        into.clear();
        into.ensureDense(width);
        into.denseCount = width;
        features(record, into.dense);
        if (label != null) {
            Object value = label.reader().read(record);
            if (value == null) {
                throw new UnmappableException(
                        RejectionReason.BAD_LABEL,
                        label.reader().path() + " must have a value, the label. Received: nothing");
            }
            float[] labels = label.values().apply(value);
            into.ensureLabels(labels.length);
            System.arraycopy(labels, 0, into.labels, 0, labels.length);
            into.labelCount = labels.length;
            for (float each : labels) {
                if (!Float.isFinite(each)) {
                    throw new UnmappableException(
                            RejectionReason.NOT_FINITE, label.reader().path() + " must be finite. Received: " + each);
                }
            }
        }
        into.weight = weight == null ? 1 : weightOf(record, weight);
        if (classWeights.length > 0) into.weight *= classWeights[(int) into.labels[0]];
        into.eventTime = time == null ? recordTime : timeOf(record, time);
    }

    /**
     * The features alone.
     *
     * @param into [width] or longer
     * @throws UnmappableException naming field, limit and what was received
     */
    public void features(GenericRecord record, float[] into) {
        Arrays.fill(into, 0, width, 0);
        int at = 0;
        for (int i = 0; i < writers.length; i++) {
            writers[i].write(record, into, at);
            at += widths[i];
        }
        for (int i = 0; i < width; i++) {
            if (!Float.isFinite(into[i])) {
                throw new UnmappableException(
                        RejectionReason.NOT_FINITE, spec.nameOf(i) + " must be finite. Received: " + into[i]);
            }
        }
    }

    /** What names the record to people; null if the mapping or the record has no id. */
    public @Nullable String id(GenericRecord record) {
        Object value = id == null ? null : id.reader().read(record);
        return id == null || value == null ? null : id.text().apply(value);
    }

    private static float weightOf(GenericRecord record, Weight weight) {
        Object value = weight.reader().read(record);
        Double missing = weight.missing();
        if (value == null) {
            if (missing != null) return missing.floatValue();
            throw new UnmappableException(
                    RejectionReason.BAD_WEIGHT,
                    weight.reader().path() + " must have a value, the weight. Received: nothing");
        }
        float number = (float) weight.number().applyAsDouble(value);
        if (number >= 0 && Float.isFinite(number)) return number;
        throw new UnmappableException(
                RejectionReason.BAD_WEIGHT, weight.reader().path() + " must be finite and >= 0. Received: " + number);
    }

    private static long timeOf(GenericRecord record, Time time) {
        Object value = time.reader().read(record);
        if (value == null) {
            throw new UnmappableException(
                    RejectionReason.BAD_TIME,
                    time.reader().path() + " must have a value, the event time. Received: nothing");
        }
        try {
            return time.millis().applyAsLong(value);
        } catch (IllegalArgumentException e) {
            throw new UnmappableException(
                    RejectionReason.BAD_TIME,
                    time.reader().path() + " must be " + e.getMessage() + ". Received: " + Values.shown(value));
        }
    }
}

package dev.millrace.model.feature;

import dev.millrace.model.spec.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a specification as a whole before it complains, and then names every mistake at once. */
final class FeatureSpecReader {
    private static final int MAX_WIDTH = 1 << 24;
    private static final List<String> KINDS = List.of("numeric", "categorical", "cross", "text", "vector", "image");

    private final List<String> problems = new ArrayList<>();

    FeatureSpec read(Map<String, ? extends @Nullable Object> tree) {
        Section all = new Section("features", tree, problems);
        List<Feature> inputs = inputs(all.value("inputs"));
        LabelSpec label = label(all.value("label"));
        WeightSpec weight = weight(all.value("weight"));
        String id = path("features.id", all.value("id"));
        String eventTime = path("features.event-time", all.value("event-time"));
        all.rejectOthers();
        long width = 0;
        for (Feature input : inputs) width += input.width();
        if (width > MAX_WIDTH) {
            problems.add("features.inputs must give at most " + MAX_WIDTH + " inputs. Received: " + width);
        }
        if (problems.isEmpty()) return new FeatureSpec(inputs, label, weight, id, eventTime);
        throw mistakes(problems);
    }

    static IllegalArgumentException mistakes(List<String> problems) {
        return new IllegalArgumentException(problems.size() + (problems.size() == 1 ? " error" : " errors")
                + " in the features\n  " + String.join("\n  ", problems));
    }

    private List<Feature> inputs(@Nullable Object value) {
        List<Feature> inputs = new ArrayList<>();
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            problems.add("features.inputs must be a list of at least one feature, like numeric: {field: price}."
                    + " Received: " + (value == null ? "nothing" : Values.shown(value)));
            return inputs;
        }
        for (int i = 0; i < list.size(); i++) {
            Feature input = input("features.inputs[" + i + "]", list.get(i));
            if (input != null) inputs.add(input);
        }
        return inputs;
    }

    private @Nullable Feature input(String where, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)
                || map.size() != 1
                || !(map.values().iterator().next() instanceof Map<?, ?> settings)) {
            problems.add(where + " must be one kind with its settings, like numeric: {field: price}. Received: "
                    + (value == null ? "nothing" : Values.shown(value)));
            return null;
        }
        String kind = String.valueOf(map.keySet().iterator().next());
        Section section = new Section(where + "." + kind, settings, problems);
        int before = problems.size();
        Feature feature = switch (kind) {
            case "numeric" -> numeric(section);
            case "categorical" -> categorical(section);
            case "cross" -> cross(section);
            case "text" -> text(section);
            case "vector" ->
                new VectorFeature(section.path("field"), section.integer("width", -1, 1, MAX_WIDTH), section.missing());
            case "image" -> image(section);
            default -> {
                problems.add(where + " is of unknown kind " + kind + "; known: " + String.join(", ", KINDS)
                        + Words.suggestion(kind, KINDS));
                yield null;
            }
        };
        if (feature != null) section.rejectOthers();
        return problems.size() == before ? feature : null;
    }

    private static int hash(Section section) {
        return section.integer("hash", -1, 1, MAX_WIDTH);
    }

    private static Missing missing(Section section, String key) {
        return Missing.of(section.word(key, "reject", Missing.WORDS));
    }

    private static Feature numeric(Section section) {
        String field = section.path("field");
        boolean log1p =
                section.word("transform", "none", List.of("none", "log1p")).equals("log1p");
        Double min = section.number("min");
        Double max = section.number("max");
        Double missing = section.missing();
        boolean indicator = section.flag("indicator", false);
        if ((min == null) != (max == null)) section.problem(min == null ? "min" : "max", "is missing beside the other");
        if (min != null && max != null) {
            if (!(min < max)) section.problem("max", "must be > min (" + min + "). Received: " + max);
            if (log1p) section.problem("transform", "must be none where there are min and max. Received: log1p");
        }
        if (log1p && missing != null && !(missing > -1)) {
            section.problem("missing", "must be > -1 for log1p. Received: " + missing);
        }
        if (indicator && missing == null) {
            section.problem("missing", "must be a number where there is an indicator. Received: reject");
        }
        return new NumericFeature(field, log1p, min, max, missing, indicator);
    }

    private static Feature categorical(Section section) {
        String field = section.path("field");
        boolean hashed = section.value("hash") != null;
        boolean listed = section.value("vocabulary") != null;
        if (hashed == listed) {
            section.problem(
                    "vocabulary", "or hash must be there, one of them. Received: " + (hashed ? "both" : "neither"));
        }
        List<String> vocabulary = listed ? section.words("vocabulary", 1, 1 << 20) : List.of();
        int hash = hashed ? hash(section) : 0;
        Encoding encoding = encoding(section);
        if (hashed && section.value("unknown") != null) section.problem("unknown", "is for a vocabulary, not for hash");
        Missing unknown = hashed ? Missing.BUCKET : Missing.of(section.word("unknown", "bucket", Missing.WORDS));
        if (encoding == Encoding.ID && unknown == Missing.ZERO) {
            section.problem("unknown", "must be bucket or reject where the encoding is id. Received: zero");
        }
        return new CategoricalFeature(field, vocabulary, hash, encoding, unknown, missing(section, encoding));
    }

    private static Feature cross(Section section) {
        List<String> fields = section.paths("fields", 2);
        Encoding encoding = encoding(section);
        return new CrossFeature(fields, hash(section), encoding, missing(section, encoding));
    }

    private static Encoding encoding(Section section) {
        return Encoding.of(section.word("encoding", Encoding.ONE_HOT.word(), Encoding.WORDS));
    }

    /** An id is always some value's. */
    private static Missing missing(Section section, Encoding encoding) {
        Missing missing = missing(section, "missing");
        if (encoding == Encoding.ID && missing == Missing.ZERO) {
            section.problem("missing", "must be bucket or reject where the encoding is id. Received: zero");
        }
        return missing;
    }

    private static Feature text(Section section) {
        if (section.value("length") != null) return tokens(section);
        return new TextFeature(
                section.path("field"),
                section.flag("lower-case", true),
                section.integers("ngrams", List.of(1), 0, 1, 8),
                hash(section),
                TextFeature.Weighting.valueOf(section.word("weighting", "count", List.of("count", "binary", "log"))
                        .toUpperCase(Locale.ROOT)),
                Missing.of(section.word("missing", "reject", List.of("reject", "zero"))));
    }

    private static Feature tokens(Section section) {
        return new TokensFeature(
                section.path("field"),
                section.flag("lower-case", true),
                section.integers("ngrams", List.of(1), 0, 1, 8),
                section.integer("hash", -1, 2, MAX_WIDTH),
                section.integer("length", -1, 1, MAX_WIDTH),
                Missing.of(section.word("missing", "reject", List.of("reject", "zero"))));
    }

    private static Feature image(Section section) {
        String field = section.path("field");
        boolean encoded =
                section.word("format", "raw", List.of("raw", "encoded")).equals("encoded");
        List<Integer> shape = section.integers("shape", List.of(), 3, 1, 4096);
        Double scale = section.number("scale");
        if (shape.isEmpty()) shape = List.of(1, 1, 1);
        long pixels = (long) shape.get(0) * shape.get(1) * shape.get(2);
        if (pixels > MAX_WIDTH) section.problem("shape", "must be of <= " + MAX_WIDTH + " values. Received: " + pixels);
        if (encoded && shape.get(2) != 1 && shape.get(2) != 3) {
            section.problem("shape", "must end with 1 or 3 channels for an encoded image. Received: " + shape.get(2));
        }
        return new ImageFeature(
                field, encoded, shape.get(0), shape.get(1), shape.get(2), scale == null ? 1 / 255.0 : scale);
    }

    private @Nullable LabelSpec label(@Nullable Object value) {
        Section section = section("features.label", value, "{field: outcome}");
        if (section == null) return null;
        List<String> classes = section.words("classes", 0, 1 << 20);
        LabelSpec label =
                new LabelSpec(section.path("field"), classes, section.weights("class-weights", classes.size()));
        section.rejectOthers();
        return label;
    }

    private @Nullable WeightSpec weight(@Nullable Object value) {
        Section section = section("features.weight", value, "{field: importance}");
        if (section == null) return null;
        WeightSpec weight = new WeightSpec(section.path("field"), section.number("default"));
        section.rejectOthers();
        if (weight.missing() != null && weight.missing() < 0) {
            section.problem("default", "must be >= 0. Received: " + weight.missing());
        }
        return weight;
    }

    private @Nullable String path(String where, @Nullable Object value) {
        Section section = section(where, value, "{field: name}");
        if (section == null) return null;
        String path = section.path("field");
        section.rejectOthers();
        return path;
    }

    private @Nullable Section section(String where, @Nullable Object value, String example) {
        if (value == null) return null;
        if (value instanceof Map<?, ?> map) return new Section(where, map, problems);
        problems.add(where + " must be like " + example + ". Received: " + Values.shown(value));
        return null;
    }
}

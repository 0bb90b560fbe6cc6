package dev.millrace.pipeline.config;

import dev.millrace.model.engine.cuda.CudaEngine;
import dev.millrace.model.spec.ModelSpec;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks flat keys against {@link TrainingOptions} and makes the typed configuration of them. */
final class ConfigCheck {
    private static final Map<String, String> OWNED_KAFKA_PROPERTIES = Map.of(
            "bootstrap.servers", "use kafka.bootstrap.servers",
            "group.id", "use source.group-id",
            "auto.offset.reset", "use source.starting-offsets and source.offsets-out-of-range",
            "enable.auto.commit", "offsets are committed with checkpoints",
            "transactional.id", "it is made from the model's name");

    private final String origin;
    private final Path directory;
    private final References references;
    private final List<ConfigProblem> problems;

    /** @param directory that files of the configuration are relative to */
    ConfigCheck(String origin, Path directory, References references, List<ConfigProblem> problems) {
        this.origin = origin;
        this.directory = directory;
        this.references = references;
        this.problems = problems;
    }

    /** @throws ConfigException if there are problems, found here or before */
    TrainingConfig check(Map<String, @Nullable Object> keys) {
        Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
        keys.forEach((key, value) -> resolved.put(key, resolve(key, value)));
        refuseUnknown(keys.keySet());
        OptionValues values = parse(resolved);
        refuseOwned(keys.keySet());
        CrossChecks.run(values, this::problem);
        Map<String, @Nullable Object> model = FlatKeys.below(TrainingOptions.MODEL.prefix(), resolved);
        model.remove("file");
        Map<String, @Nullable Object> optimizer = section(TrainingOptions.OPTIMIZER, "name", resolved);
        Map<String, @Nullable Object> learningRate = section(TrainingOptions.LEARNING_RATE, "initial", resolved);
        Sections.check(model, optimizer, learningRate, this::problem);
        checkEngine(values, model);
        ChallengerConfig challenger =
                new ChallengerSection(values, resolved, this::problem).read(model, optimizer, learningRate);
        RecordMapping features = new FeatureSection(directory, this::problem)
                .read(FlatKeys.below(TrainingOptions.FEATURES.prefix(), resolved), model, values);
        if (!problems.isEmpty()) throw new ConfigException(origin, problems);
        return new TrainingConfig(
                origin,
                model,
                features,
                kafka(values, resolved),
                SourceConfig.of(values, String.valueOf(model.get("name"))),
                SampleConfig.of(values),
                BatchConfig.of(values),
                optimizer,
                learningRate,
                StepConfig.of(values),
                CudaConfig.of(values),
                MetricsConfig.of(values),
                CheckpointConfig.of(values),
                PublishConfig.of(values),
                ReportConfig.of(values),
                ControlConfig.of(values),
                DeadLetterConfig.of(values),
                challenger,
                properties(TrainingOptions.FLINK, resolved),
                EffectiveConfig.render(values, keys));
    }

    /** What is wrong with the model itself has been said. */
    private void checkEngine(OptionValues values, Map<String, @Nullable Object> model) {
        if (!problems.isEmpty() || values.get(TrainingOptions.TRAINING_ENGINE) != EngineChoice.CUDA) return;
        List<String> unsupported = CudaEngine.unsupported(ModelSpec.of(model));
        if (unsupported.isEmpty()) return;
        problem(
                TrainingOptions.TRAINING_ENGINE.key(),
                "must be auto or nd4j, as cuda has no kernels for " + String.join(", ", unsupported)
                        + ". Received: cuda");
    }

    private void problem(String key, String message) {
        problems.add(new ConfigProblem(key, message));
    }

    private @Nullable Object resolve(String key, @Nullable Object value) {
        if (!(value instanceof String text)) {
            if (value != null && SecretKeys.matches(key) && !(value instanceof Boolean)) refuseInline(key);
            return value;
        }
        if (SecretKeys.matches(key) && !References.isPresentIn(text)) {
            refuseInline(key);
            return SecretKeys.HIDDEN;
        }
        try {
            return references.resolve(text);
        } catch (IllegalArgumentException e) {
            problem(key, String.valueOf(e.getMessage()));
            return value;
        }
    }

    private void refuseInline(String key) {
        problem(key, "must not be set inline; use ${file:...} or ${env:...}");
    }

    private void refuseUnknown(Set<String> keys) {
        Set<String> known = new TreeSet<>();
        TrainingOptions.all().forEach(setting -> known.add(setting.key()));
        for (String key : keys) {
            if (known.contains(key) || isBelowSubtree(key)) continue;
            String nearest = DidYouMean.nearest(key, known);
            problem(key, "unknown key" + (nearest == null ? "" : "; did you mean " + nearest + "?"));
        }
    }

    private static boolean isBelowSubtree(String key) {
        return TrainingOptions.subtrees().stream().anyMatch(tree -> tree.covers(key))
                || key.equals(TrainingOptions.LEARNING_RATE.root())
                || key.equals(TrainingOptions.OPTIMIZER.root())
                || key.equals(TrainingOptions.CHALLENGER_LEARNING_RATE.root())
                || key.equals(TrainingOptions.CHALLENGER_OPTIMIZER.root());
    }

    private OptionValues parse(Map<String, @Nullable Object> resolved) {
        Map<String, Object> values = new HashMap<>();
        for (Setting<?> setting : TrainingOptions.all()) {
            if (!resolved.containsKey(setting.key())) {
                if (setting.required()) problem(setting.key(), "is missing; must be " + setting.expected());
                continue;
            }
            Object value = resolved.get(setting.key());
            try {
                if (value == null) throw new IllegalArgumentException("no value");
                values.put(setting.key(), setting.parse(value));
            } catch (RuntimeException e) { // parsers differ in what they throw for what is not theirs
                problem(setting.key(), "must be " + setting.expected() + ". Received: " + shorten(value));
            }
        }
        return new OptionValues(values);
    }

    private void refuseOwned(Set<String> keys) {
        for (String key : keys) {
            for (Subtree tree : List.of(
                    TrainingOptions.KAFKA_PROPERTIES,
                    TrainingOptions.KAFKA_SOURCE_PROPERTIES,
                    TrainingOptions.KAFKA_SINK_PROPERTIES)) {
                if (!tree.covers(key)) continue;
                String reason =
                        OWNED_KAFKA_PROPERTIES.get(key.substring(tree.prefix().length()));
                if (reason != null) problem(key, "must not be set; " + reason);
            }
            if (!TrainingOptions.FLINK.covers(key)) continue;
            String reason = FlinkDefaults.refusal(
                    key.substring(TrainingOptions.FLINK.prefix().length()));
            if (reason != null) problem(key, "must not be set; " + reason);
        }
    }

    private static KafkaConfig kafka(OptionValues values, Map<String, @Nullable Object> resolved) {
        return new KafkaConfig(
                values.get(TrainingOptions.KAFKA_BOOTSTRAP_SERVERS),
                properties(TrainingOptions.KAFKA_PROPERTIES, resolved),
                properties(TrainingOptions.KAFKA_SOURCE_PROPERTIES, resolved),
                properties(TrainingOptions.KAFKA_SINK_PROPERTIES, resolved));
    }

    /** A subtree, or the short form: one value for the whole. */
    static Map<String, @Nullable Object> section(
            Subtree tree, String shortForm, Map<String, @Nullable Object> resolved) {
        Map<String, @Nullable Object> section = FlatKeys.below(tree.prefix(), resolved);
        Object single = resolved.get(tree.root());
        if (single != null && !(single instanceof Map)) section.putIfAbsent(shortForm, single);
        return section;
    }

    private static Map<String, String> properties(Subtree tree, Map<String, @Nullable Object> resolved) {
        Map<String, String> properties = new LinkedHashMap<>();
        resolved.forEach((key, value) -> {
            if (tree.covers(key)) properties.put(key.substring(tree.prefix().length()), text(value));
        });
        return properties;
    }

    private static String text(@Nullable Object value) {
        if (value == null) return "";
        if (value instanceof List<?> list)
            return String.join(",", list.stream().map(String::valueOf).toList());
        return value.toString();
    }

    private static String shorten(@Nullable Object value) {
        if (value == null || value.toString().isBlank()) return "nothing";
        String text = value.toString().replaceAll("\\p{Cntrl}", "?");
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}

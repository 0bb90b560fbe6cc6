package dev.millrace.pipeline.config;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.schemas.wire.SchemaCatalog;
import dev.millrace.schemas.wire.WireFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** Reads the features section with the schema file that it is about, and holds both against the model. */
final class FeatureSection {
    private final Path directory;
    private final BiConsumer<String, String> problem;

    /**
     * @param directory that the schema file is relative to
     * @param problem takes a key and what is wrong with it
     */
    FeatureSection(Path directory, BiConsumer<String, String> problem) {
        this.directory = directory;
        this.problem = problem;
    }

    /** The mapping; null if there is none, or none that is right. */
    @Nullable
    RecordMapping read(
            Map<String, @Nullable Object> features, Map<String, @Nullable Object> model, OptionValues values) {
        checkRegistry(values);
        String file = values.find(TrainingOptions.SOURCE_SCHEMA);
        if (features.isEmpty()) {
            if (file != null) problem.accept("source.schema", "is for a features section, which is missing");
            return null;
        }
        if (file == null) {
            problem.accept("source.schema", "is missing beside features");
            Sections.check("features", () -> FeatureSpec.of(features), problem);
            return null;
        }
        Schema schema = schema(file);
        FeatureMapping[] read = new FeatureMapping[1];
        Sections.check(
                "features",
                () -> {
                    FeatureSpec spec = FeatureSpec.of(features);
                    if (schema != null) read[0] = FeatureMapping.of(spec, schema);
                },
                problem);
        FeatureMapping mapping = read[0];
        if (mapping == null || schema == null) return null;
        checkModel(mapping.spec(), model);
        return new RecordMapping(mapping.toJson(), schema.toString());
    }

    private @Nullable Schema schema(String file) {
        Path path = directory.resolve(file);
        try {
            return SchemaCatalog.checked(new Schema.Parser().parse(Files.readString(path)));
        } catch (IOException e) {
            problem.accept("source.schema", "cannot be read: " + path);
        } catch (AvroRuntimeException | IllegalArgumentException e) {
            problem.accept("source.schema", "must be an Avro schema. Received: " + file + ", " + e.getMessage());
        }
        return null;
    }

    private void checkModel(FeatureSpec features, Map<String, @Nullable Object> tree) {
        ModelSpec model;
        try {
            model = ModelSpec.of(tree);
        } catch (IllegalArgumentException e) {
            return; // complained of where the model is read
        }
        if (features.width() != model.inputs()) {
            problem.accept(
                    "model.inputs",
                    "must be " + features.width() + ", as many as features.inputs give. Received: " + model.inputs());
        }
        if (features.label() == null) {
            problem.accept("features.label", "is missing; must be like {field: outcome}");
            return;
        }
        int classes = features.classes().size();
        if (classes == 0) return;
        if (model.loss() == Loss.CATEGORICAL_CROSSENTROPY && classes != model.outputs()) {
            problem.accept(
                    "features.label.classes",
                    "must be " + model.outputs() + ", as many as the model has outputs. Received: " + classes);
        }
        boolean binary = model.loss() == Loss.BINARY_CROSSENTROPY || model.loss() == Loss.HINGE;
        if (binary && (classes != 2 || model.outputs() != 1)) {
            problem.accept(
                    "features.label.classes",
                    "must be 2 for the one output of " + model.loss().word() + ". Received: " + classes
                            + " classes for " + model.outputs() + " output(s)");
        }
        if (model.loss() == Loss.MEAN_SQUARED_ERROR) {
            problem.accept("features.label.classes", "must not be there for mean_squared_error. Received: " + classes);
        }
    }

    private void checkRegistry(OptionValues values) {
        boolean confluent = values.get(TrainingOptions.SOURCE_WIRE_FORMAT) == WireFormat.CONFLUENT;
        boolean registry = values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_URL) != null;
        if (registry && !confluent) {
            problem.accept("source.wire-format", "must be confluent where there is a source.schema-registry.url");
        }
        boolean directory = values.find(TrainingOptions.SOURCE_SCHEMA_DIRECTORY) != null;
        if (registry && directory) {
            problem.accept(
                    "source.schema-directory",
                    "must not stand beside source.schema-registry.url: ids would be ambiguous");
        }
        if (confluent && values.find(TrainingOptions.SOURCE_SCHEMA) != null && !registry && !directory) {
            problem.accept(
                    "source.schema-registry.url",
                    "or source.schema-directory is missing: ids in confluent records must be looked up");
        }
        boolean user = values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_USER) != null;
        if (user && values.find(TrainingOptions.SOURCE_SCHEMA_REGISTRY_TOKEN) != null) {
            problem.accept("source.schema-registry.token", "must not stand beside source.schema-registry.user");
        }
        if (!registry && user) {
            problem.accept("source.schema-registry.url", "is missing beside source.schema-registry.user");
        }
    }
}

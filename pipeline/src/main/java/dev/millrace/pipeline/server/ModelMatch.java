package dev.millrace.pipeline.server;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.feature.FeatureSpec;
import dev.millrace.model.spec.ModelSpec;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the parameters of a checkpoint mean what the configured model takes them for. Of another layout or loss they
 * cannot; with other layers, inputs or classes in the same number they would be taken for what they are not, silently.
 */
final class ModelMatch {
    private static final Logger LOG = LoggerFactory.getLogger(ModelMatch.class);

    private ModelMatch() {}

    /** Whether the parameters of a state are as many and of the same tensors as those of a model, under the same loss. */
    static boolean fits(TrainingState restored, String modelJson) {
        return fits(ModelSpec.fromJson(restored.modelJson), ModelSpec.fromJson(modelJson));
    }

    private static boolean fits(ModelSpec before, ModelSpec spec) {
        return before.layout().equals(spec.layout()) && before.loss() == spec.loss();
    }

    /**
     * Makes the state one of the configured model.
     *
     * @throws IllegalStateException if it is one of another model, and says of which
     */
    static void adopt(TrainingState restored, ServerSettings settings, ModelSpec spec) {
        ModelSpec before = ModelSpec.fromJson(restored.modelJson);
        if (!fits(before, spec)) {
            throw new IllegalStateException("The checkpoint holds another model. Model " + before.name() + ": "
                    + restored.modelJson + ". Configured: " + settings.modelJson()
                    + ". Restore with the model it was trained as, or start without the checkpoint.");
        }
        String features = Objects.requireNonNullElse(settings.features(), "");
        boolean sameLayers =
                before.inputShape().equals(spec.inputShape()) && before.layers().equals(spec.layers());
        if (!sameLayers) accept("layers", restored.modelJson, settings.modelJson(), settings);
        String featuresBefore = restored.features;
        if (featuresBefore != null && !meaning(featuresBefore).equals(meaning(features))) {
            accept("features", shown(featuresBefore), shown(features), settings);
        }
        restored.modelJson = settings.modelJson();
        restored.features = features;
    }

    private static void accept(String what, String before, String now, ServerSettings settings) {
        String changed = settings.model() + ": the checkpoint was trained with other " + what + ". Then: " + before
                + ". Configured: " + now;
        if (!settings.acceptChangedModel()) {
            throw new IllegalStateException(changed + ". Restore with those, start without the checkpoint, or set"
                    + " training.accept-changed-model: true to go on with its parameters as they are.");
        }
        LOG.warn("{}. Its parameters go on as they are (training.accept-changed-model)", changed);
    }

    /** What the inputs and the outputs stand for; that a schema changes around them does not matter. */
    private static List<@Nullable Object> meaning(String features) {
        if (features.isEmpty()) return List.of();
        FeatureSpec spec = FeatureMapping.fromJson(features).spec();
        return List.of(spec.toTree().get("inputs"), spec.classes());
    }

    private static String shown(String features) {
        return features.isEmpty() ? "none" : features;
    }
}

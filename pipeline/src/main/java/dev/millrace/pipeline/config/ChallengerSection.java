package dev.millrace.pipeline.config;

import dev.millrace.model.gate.ChallengeRule;
import dev.millrace.model.optimizer.OptimizerSpec;
import dev.millrace.model.schedule.LearningRateSchedules;
import dev.millrace.model.spec.ModelSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Reads the challenger section and holds it against the model: the two must learn the same from the same samples. */
final class ChallengerSection {
    private static final String PREFIX = "challenger.";
    private static final String DIRECTORY = "/challenger";

    private final OptionValues values;
    private final Map<String, @Nullable Object> keys;
    private final BiConsumer<String, String> problem;

    /**
     * @param keys flat, resolved
     * @param problem takes a key and what is wrong with it
     */
    ChallengerSection(OptionValues values, Map<String, @Nullable Object> keys, BiConsumer<String, String> problem) {
        this.values = values;
        this.keys = keys;
        this.problem = problem;
    }

    /** The challenger; null if there is none. What is not right is a problem. */
    @Nullable
    ChallengerConfig read(
            Map<String, @Nullable Object> model,
            Map<String, @Nullable Object> optimizer,
            Map<String, @Nullable Object> learningRate) {
        Map<String, @Nullable Object> ownModel = FlatKeys.below(TrainingOptions.CHALLENGER_MODEL.prefix(), keys);
        Map<String, @Nullable Object> ownOptimizer =
                ConfigCheck.section(TrainingOptions.CHALLENGER_OPTIMIZER, "name", keys);
        Map<String, @Nullable Object> ownRate =
                ConfigCheck.section(TrainingOptions.CHALLENGER_LEARNING_RATE, "initial", keys);
        if (ownModel.isEmpty() && ownOptimizer.isEmpty() && ownRate.isEmpty()) {
            if (isAskedFor()) {
                problem.accept("challenger", "must have a model, an optimizer or a learning-rate of its own");
            }
            return null;
        }
        if (ownModel.containsKey("name"))
            problem.accept("challenger.model.name", "must not be set; use challenger.name");
        String modelName = String.valueOf(model.get("name"));
        String name = values.find(TrainingOptions.CHALLENGER_NAME);
        if (name == null) name = modelName + "-challenger";
        if (name.equals(modelName)) {
            problem.accept("challenger.name", "must differ from model.name. Received: " + name);
        }
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(model);
        merged.putAll(ownModel);
        merged.put("name", name);
        checkModel(merged, model);
        BiConsumer<String, String> below = (key, message) -> problem.accept(PREFIX + key, message);
        Sections.check("optimizer", () -> OptimizerSpec.of(ownOptimizer), below);
        Sections.check("learning-rate", () -> LearningRateSchedules.of(ownRate), below);
        return new ChallengerConfig(
                name,
                merged,
                !ownModel.isEmpty(),
                ownOptimizer.isEmpty() ? optimizer : ownOptimizer,
                ownRate.isEmpty() ? learningRate : ownRate,
                directory(),
                rule());
    }

    /** Whether an option of it is set that an effective configuration without a challenger does not have. */
    private boolean isAskedFor() {
        return values.find(TrainingOptions.CHALLENGER_NAME) != null
                || values.find(TrainingOptions.CHALLENGER_DIRECTORY) != null
                || values.find(TrainingOptions.CHALLENGER_MIN_IMPROVEMENT) != null
                || values.get(TrainingOptions.CHALLENGER_PROMOTION) != ChallengerPromotion.MANUAL;
    }

    private void checkModel(Map<String, @Nullable Object> tree, Map<String, @Nullable Object> modelTree) {
        ModelSpec model;
        try {
            model = ModelSpec.of(modelTree);
        } catch (IllegalArgumentException e) {
            return; // complained of where the model is read
        }
        Sections.check(
                "model",
                () -> compare(ModelSpec.of(tree), model),
                (key, message) -> problem.accept(PREFIX + key, message));
    }

    private void compare(ModelSpec challenger, ModelSpec model) {
        if (challenger.inputs() != model.inputs()) {
            problem.accept(
                    "challenger.model.inputs",
                    "must be as many as the model's (" + model.inputs() + "). Received: " + challenger.inputs());
        }
        if (challenger.loss() != model.loss()) {
            problem.accept(
                    "challenger.model.loss",
                    "must be the model's (" + model.loss().word() + "), or the two cannot be compared. Received: "
                            + challenger.loss().word());
        }
        if (challenger.outputs() != model.outputs()) {
            problem.accept(
                    "challenger.model.layers",
                    "must end with as many outputs as the model's (" + model.outputs() + "). Received: "
                            + challenger.outputs());
        }
    }

    private @Nullable String directory() {
        String published = values.find(TrainingOptions.PUBLISH_DIRECTORY);
        String own = values.find(TrainingOptions.CHALLENGER_DIRECTORY);
        if (own == null) return published == null ? null : published + DIRECTORY;
        if (published == null) {
            problem.accept("challenger.directory", "must not be set without publish.directory");
        } else if (own.equals(published)) {
            problem.accept(
                    "challenger.directory",
                    "must differ from publish.directory: one holds one model. Received: " + own);
        }
        return own;
    }

    private ChallengeRule rule() {
        boolean automatic = values.get(TrainingOptions.CHALLENGER_PROMOTION) == ChallengerPromotion.WHEN_BETTER;
        Double improvement = values.find(TrainingOptions.CHALLENGER_MIN_IMPROVEMENT);
        if (automatic && improvement == null) {
            problem.accept("challenger.min-improvement", "is missing beside challenger.promotion: when-better");
        }
        return new ChallengeRule(
                values.get(TrainingOptions.PUBLISH_GATE_METRIC),
                improvement == null ? 0 : improvement,
                values.get(TrainingOptions.CHALLENGER_MIN_SAMPLES),
                values.get(TrainingOptions.CHALLENGER_CONSECUTIVE),
                automatic);
    }
}

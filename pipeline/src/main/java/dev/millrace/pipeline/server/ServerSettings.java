package dev.millrace.pipeline.server;

import dev.millrace.model.spec.ModelSpec;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the parameter server goes about its steps; travels to the task managers. Subtrees of the configuration are kept
 * as they were written and parsed where they are used.
 *
 * @param model name of the model
 * @param modelJson the model
 * @param initialParameters snapshots or a safetensors file that a model without a checkpoint begins with; null for none
 * @param acceptChangedModel whether a checkpoint of another model with the same layout will do
 * @param topics the sample topics, in the order of the configuration
 * @param seed of the initial parameters
 * @param optimizer subtree {@code optimizer}
 * @param learningRate subtree {@code learning-rate}
 * @param batch who decides the size of each global batch
 * @param sumReduction whether the gradient sum is applied undivided
 * @param asynchronous whether every gradient closes a step
 * @param stepDeadlineMillis after which a step closes without the workers that are missing, milliseconds
 * @param maxRefusalsInARow steps that may be refused one after the other before the job stops
 * @param metricWindowSamples window of the prequential metrics, samples
 * @param metricFading factor per sample of the fading metrics
 * @param reportMillis time between reports, milliseconds
 * @param reportSamples samples between reports; 0 for none
 * @param publishMillis least time between snapshots, milliseconds; 0 for each checkpoint
 * @param maxPartBytes largest part of a snapshot, bytes
 * @param provenance what every snapshot says of its origin beside what the server knows
 * @param features how records become inputs, for every snapshot to carry; null for records that hold them ready
 * @param publication how versions become champions
 * @param challenger a second configuration that trains on the same samples; null for none
 */
public record ServerSettings(
        String model,
        String modelJson,
        @Nullable String initialParameters,
        boolean acceptChangedModel,
        List<String> topics,
        long seed,
        Map<String, @Nullable Object> optimizer,
        Map<String, @Nullable Object> learningRate,
        BatchSettings batch,
        boolean sumReduction,
        boolean asynchronous,
        long stepDeadlineMillis,
        int maxRefusalsInARow,
        long metricWindowSamples,
        double metricFading,
        long reportMillis,
        long reportSamples,
        long publishMillis,
        int maxPartBytes,
        Map<String, String> provenance,
        @Nullable String features,
        PublicationSettings publication,
        @Nullable ChallengerSettings challenger)
        implements Serializable {

    /** With a challenger. */
    public ServerSettings challengedBy(ChallengerSettings second) {
        return with(model, recipe(), publication, second);
    }

    /** What trains the model: its own section of the configuration or, once they have changed roles, the challenger's. */
    ServerSettings ofModel(boolean swapped) {
        ChallengerSettings second = challenger;
        return swapped && second != null ? with(model, second.recipe(), publication, second) : this;
    }

    /** What trains the challenger, under its own name. */
    ServerSettings ofChallenger(ChallengerSettings second, boolean swapped) {
        PublicationSettings place =
                new PublicationSettings(publication.gate(), publication.retainedVersions(), second.directory());
        return with(second.model(), swapped ? recipe() : second.recipe(), place, null);
    }

    private Recipe recipe() {
        return new Recipe(modelJson, initialParameters, optimizer, learningRate, batch, provenance);
    }

    private ServerSettings with(
            String name, Recipe recipe, PublicationSettings place, @Nullable ChallengerSettings second) {
        return new ServerSettings(
                name,
                ModelSpec.fromJson(recipe.modelJson()).named(name).toJson(),
                recipe.initialParameters(),
                acceptChangedModel,
                topics,
                seed,
                recipe.optimizer(),
                recipe.learningRate(),
                recipe.batch(),
                sumReduction,
                asynchronous,
                stepDeadlineMillis,
                maxRefusalsInARow,
                metricWindowSamples,
                metricFading,
                reportMillis,
                reportSamples,
                publishMillis,
                maxPartBytes,
                recipe.provenance(),
                features,
                place,
                second);
    }
}

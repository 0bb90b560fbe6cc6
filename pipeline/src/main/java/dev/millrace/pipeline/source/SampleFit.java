package dev.millrace.pipeline.source;

import dev.millrace.model.spec.Loss;
import dev.millrace.schemas.wire.DecodedSample;
import dev.millrace.schemas.wire.Rejection;
import dev.millrace.schemas.wire.RejectionReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whether a decoded record fits the model: as many features as inputs, a label that the loss understands, a sane time. */
final class SampleFit {
    private final int inputs;
    private final int outputs;
    private final int labelWidth;
    private final Loss loss;
    private final int[] ids; // [inputs]: how many there are of each id, 0 for numbers
    private final boolean withIds;
    private final long maxFutureMillis;
    private final float[] scattered; // [inputs], for sparse records

    /**
     * Of one model.
     *
     * @param ids of each input how many ids there are, 0 if it is a number
     * @param maxFutureMillis how far ahead of the Kafka record's own time stamp an event may be, milliseconds
     */
    SampleFit(int inputs, int outputs, int labelWidth, Loss loss, int[] ids, long maxFutureMillis) {
        this.inputs = inputs;
        this.outputs = outputs;
        this.labelWidth = labelWidth;
        this.loss = loss;
        this.ids = ids;
        this.withIds = Arrays.stream(ids).anyMatch(count -> count > 0);
        this.maxFutureMillis = maxFutureMillis;
        this.scattered = new float[inputs];
    }

    /** Points the sample at what was decoded; says why not if it does not fit. */
    @Nullable
    Rejection fill(Sample sample, DecodedSample decoded, long recordTime) {
        if (decoded.sparseCount > 0) {
            String error = scatter(decoded);
            if (error != null) return new Rejection(RejectionReason.WRONG_FEATURES, error);
            sample.features = scattered;
        } else if (decoded.denseCount != inputs) {
            return new Rejection(
                    RejectionReason.WRONG_FEATURES,
                    "the model takes " + inputs + " features. Received: " + decoded.denseCount);
        } else {
            sample.features = decoded.dense;
        }
        String idError = withIds ? idError(sample.features) : null;
        if (idError != null) return new Rejection(RejectionReason.WRONG_FEATURES, idError);
        if (decoded.labelCount != labelWidth) {
            return new Rejection(
                    RejectionReason.BAD_LABEL,
                    "the model takes " + labelWidth + " label(s). Received: " + decoded.labelCount);
        }
        String labelError = loss.labelError(decoded.labels, outputs);
        if (labelError != null) return new Rejection(RejectionReason.BAD_LABEL, labelError);
        if (decoded.eventTime < 0 || decoded.eventTime - maxFutureMillis > recordTime) {
            return new Rejection(
                    RejectionReason.BAD_TIME,
                    "event time must be in 0.." + recordTime + " + " + maxFutureMillis + " ms. Received: "
                            + decoded.eventTime);
        }
        sample.labels = decoded.labels;
        sample.weight = decoded.weight;
        sample.eventTime = decoded.eventTime;
        return null;
    }

    private @Nullable String idError(float[] features) {
        for (int i = 0; i < ids.length; i++) {
            float id = features[i];
            if (ids[i] == 0 || (id >= 0 && id < ids[i] && id == (int) id)) continue;
            return "feature " + i + " must be an id, an integer in 0.." + (ids[i] - 1) + ". Received: " + id;
        }
        return null;
    }

    private @Nullable String scatter(DecodedSample decoded) {
        if (decoded.denseCount > 0) {
            return "the model takes dense or sparse features, not both. Received: " + decoded.denseCount + " dense and "
                    + decoded.sparseCount + " sparse";
        }
        Arrays.fill(scattered, 0);
        for (int i = 0; i < decoded.sparseCount; i++) {
            int index = decoded.sparseIndices[i];
            if (index < 0 || index >= inputs)
                return "sparse index must be in 0.." + (inputs - 1) + ". Received: " + index;
            scattered[index] = decoded.sparseValues[i];
        }
        return null;
    }
}

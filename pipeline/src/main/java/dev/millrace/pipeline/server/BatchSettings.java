package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.drift.DriftKind;
import java.io.Serializable;

/**
 * Who decides the size of each global batch, and by what.
 *
 * @param controller turns what a step measured into the next size
 * @param withNorms whether workers send the norms of the samples' own gradients
 * @param drift what notices that the stream has changed
 * @param resetOptimizer whether a drift begins the optimizer's state anew
 */
public record BatchSettings(BatchSizeController controller, boolean withNorms, DriftKind drift, boolean resetOptimizer)
        implements Serializable {

    /** Always the same size; a drift is not looked for. */
    public static BatchSettings fixed(int size) {
        return new BatchSettings(BatchSizeController.of(new FixedBatchSize(size)), false, DriftKind.NONE, false);
    }
}

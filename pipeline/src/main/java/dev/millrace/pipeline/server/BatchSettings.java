package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.drift.DriftKind;
import dev.millrace.model.drift.DriftSettings;
import java.io.Serializable;

/**
 * Who decides the size of each global batch, and by what.
 *
 * @param controllers make what turns the readings of a step into the next size
 * @param min smallest batch that a policy may ask for as configured, samples
 * @param max largest
 * @param withNorms whether workers send the norms of the samples' own gradients
 * @param drift what notices that the stream has changed; not used while the size is fixed
 * @param resetOptimizer whether a drift begins the optimizer's state anew
 */
public record BatchSettings(
        Controllers controllers, int min, int max, boolean withNorms, DriftKind drift, boolean resetOptimizer)
        implements Serializable {

    /** Always the same size; a drift is not looked for. */
    public static BatchSettings fixed(int size) {
        return of(BatchSizeController.of(new FixedBatchSize(size)));
    }

    /** One controller that needs no norms; a drift is not looked for. */
    public static BatchSettings of(BatchSizeController controller) {
        return new BatchSettings(Controllers.always(controller), 1, 1 << 20, false, DriftKind.NONE, false);
    }

    /** What a drift is noticed by while a controller decides. */
    DriftSettings drift(BatchSizeController controller) {
        return DriftSettings.of(controller.policy().isFixed() ? DriftKind.NONE : drift);
    }
}

package dev.millrace.pipeline.server;

import dev.millrace.model.batchsize.BatchSizeBounds;
import dev.millrace.model.batchsize.BatchSizeController;
import dev.millrace.model.batchsize.ControllerSettings;
import dev.millrace.model.batchsize.FixedBatchSize;
import java.io.Serializable;

/** Makes the controller that decides on batch sizes; travels to the task managers. */
@FunctionalInterface
public interface Controllers extends Serializable {

    /** The controller of the configuration, where commands do not say otherwise. */
    BatchSizeController of(Overrides overrides);

    /** One controller whatever policy and bounds commands name; only a pinned size takes its place. */
    static Controllers always(BatchSizeController controller) {
        return overrides -> {
            Integer pinned = overrides.pinnedSize();
            return pinned == null ? controller : fixed(pinned);
        };
    }

    /** Of one size, with no limit but the range of int. */
    static BatchSizeController fixed(int size) {
        return new BatchSizeController(
                new FixedBatchSize(size), ControllerSettings.recommended(new BatchSizeBounds(1, Integer.MAX_VALUE)));
    }
}

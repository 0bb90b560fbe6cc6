package dev.millrace.pipeline.counting;

import dev.millrace.model.batchsize.BatchSizePolicy;
import dev.millrace.model.batchsize.BatchSizeState;
import dev.millrace.model.batchsize.FixedBatchSize;
import dev.millrace.model.batchsize.StepReading;

/** A fixed batch size whose policy fails where the faults say so: in the server, in the middle of a step. */
record FaultyPolicy(FixedBatchSize policy, Faults faults) implements BatchSizePolicy {
    @Override
    public BatchSizeState init() {
        return policy.init();
    }

    @Override
    public BatchSizeState observe(BatchSizeState state, StepReading reading) {
        faults.hit(Faults.Point.SERVER);
        return policy.observe(state, reading);
    }
}

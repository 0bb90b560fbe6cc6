package dev.millrace.model.batchsize;

import java.io.Serializable;

/** Decides the size of the next global batch from the training signal. Pure. */
public interface BatchSizePolicy extends Serializable {

    /** State before the first step; its batch size is that of the first step. */
    BatchSizeState init();

    /** State after one closed step. A reading that is not finite changes nothing. */
    BatchSizeState observe(BatchSizeState state, StepReading reading);
}

package dev.millrace.pipeline.counting;

import dev.millrace.model.batchsize.BatchSizePolicy;
import dev.millrace.model.batchsize.Signals;

/** A policy that fails when it is asked: inside the parameter server, after the optimizer, before the new parameters are sent. */
record FaultyPolicy(BatchSizePolicy policy, Faults faults) implements BatchSizePolicy {

    @Override
    public String name() {
        return policy.name();
    }

    @Override
    public double[] init() {
        return policy.init();
    }

    @Override
    public double initial(double coldStart) {
        return policy.initial(coldStart);
    }

    @Override
    public boolean isFixed() {
        return policy.isFixed();
    }

    @Override
    public Choice observe(double[] memory, Signals signals) {
        faults.hit(Faults.Point.SERVER);
        return policy.observe(memory, signals);
    }
}

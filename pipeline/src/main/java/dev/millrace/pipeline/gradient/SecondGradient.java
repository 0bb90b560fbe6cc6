package dev.millrace.pipeline.gradient;

import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.spec.ModelSpec;
import java.util.Arrays;

/** A second model on the mini-batches of a worker: the challenger's configuration, with an engine and sums of its own. */
final class SecondGradient implements AutoCloseable {
    final GradientSum sum;

    private final ModelSpec spec;
    private final int outputs;
    private final GradientEngine engine;
    private final EngineUsed used;
    private final MicroBatches microBatches;
    private final int firstBlock;
    private final int firstTable;

    /** @param first the model beside it, whose blocks come before its own */
    SecondGradient(ModelSpec first, ModelSpec spec, AssignedEngine assigned, int worker, WorkerSettings settings) {
        this.spec = spec;
        this.outputs = spec.outputs();
        this.engine = assigned.beside(spec.ofWorker(worker));
        this.used = assigned.usedBeside(engine);
        this.microBatches = new MicroBatches(assigned.microBatch(settings.microBatch()));
        this.sum = new GradientSum(spec.layout().denseSize(), settings.withNorms());
        this.firstBlock = ParameterBlock.blocksOf(first.layout().denseSize());
        this.firstTable = first.layout().tables().size();
    }

    /** Takes a block over if it is one of this model's. */
    boolean upload(ParameterBlock block) {
        boolean dense = block.table == ParameterBlock.DENSE;
        if (dense ? block.block < firstBlock : block.table < firstTable) return false;
        block.upload(engine, firstTable);
        return true;
    }

    /** Computes {@link #sum} and what is said of it. */
    Gradient.Second compute(SampleBatch samples) {
        microBatches.compute(engine, samples, sum);
        return new Gradient.Second(
                Outcomes.of(spec.loss(), outputs, samples, sum),
                sum.squaredNormSum,
                Arrays.copyOf(sum.pieceLosses, sum.pieceCount),
                used);
    }

    @Override
    public void close() {
        engine.close();
    }
}

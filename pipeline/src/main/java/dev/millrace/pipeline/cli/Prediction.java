package dev.millrace.pipeline.cli;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Runs examples through a snapshot, mini-batch by mini-batch, and keeps the score of those with labels. */
final class Prediction implements AutoCloseable {
    private static final int BATCH = 256;

    private final ModelSpec spec;
    private final int outputs;
    private final GradientEngine engine;
    private final @Nullable PredictionFile to;
    private final @Nullable String[] ids = new String[BATCH];
    private final GradientSum sum;
    private final SampleBatch batch;
    private @Nullable Outcomes outcomes;
    private boolean labeled;
    private long rows;

    /** @param to receives every prediction; null for none */
    Prediction(Snapshot snapshot, @Nullable PredictionFile to) {
        this.spec = snapshot.manifest().modelSpec();
        this.outputs = spec.outputs();
        // The loss comes from the path of training, which would drop values.
        this.engine = Engines.factory("auto").create(spec.withoutDropout());
        this.to = to;
        this.sum = new GradientSum(spec.layout().denseSize());
        this.batch = new SampleBatch(spec.inputs(), spec.labelWidth(), BATCH);
        engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
    }

    /** @throws IllegalArgumentException naming the row that does not fit the model */
    void run(Examples examples) throws IOException {
        Example example = new Example();
        while (examples.read(example)) {
            check(example);
            ids[batch.rows()] = example.id;
            batch.append(example.features, example.labels, example.weight);
            rows++;
            if (batch.rows() == BATCH) flush();
        }
        if (batch.rows() > 0) flush();
    }

    private void check(Example example) {
        if (example.features.length != spec.inputs()) {
            throw new IllegalArgumentException("row " + (rows + 1) + " must have the model's " + spec.inputs()
                    + " features. Received: " + example.features.length);
        }
        if (rows == 0) labeled = example.labelCount > 0;
        int expected = labeled ? spec.labelWidth() : 0;
        if (example.labelCount != expected) {
            throw new IllegalArgumentException(
                    "row " + (rows + 1) + " must have " + expected + " labels. Received: " + example.labelCount);
        }
        if (!labeled) {
            if (example.labels.length < spec.labelWidth()) example.labels = new float[spec.labelWidth()];
            return;
        }
        String error = spec.loss().labelError(example.labels, outputs);
        if (error != null) throw new IllegalArgumentException("row " + (rows + 1) + ": " + error);
    }

    private void flush() throws IOException {
        // Of exactly the batch's length: a score is read from it by row.
        if (sum.predictions.length != batch.rows() * outputs) sum.predictions = new float[batch.rows() * outputs];
        if (labeled) {
            engine.lossAndGradient(batch, BATCH, sum);
            Outcomes scored = Outcomes.of(spec.loss(), outputs, batch, sum);
            if (outcomes == null) outcomes = scored;
            else outcomes.merge(scored);
        } else {
            engine.predict(batch, BATCH, sum.predictions);
        }
        if (to != null) to.write(sum.predictions, ids, batch.rows());
        batch.setRows(0);
    }

    long rows() {
        return rows;
    }

    /** The score; null for examples without labels. */
    @Nullable
    Outcomes outcomes() {
        return outcomes;
    }

    @Override
    public void close() {
        engine.close();
    }
}

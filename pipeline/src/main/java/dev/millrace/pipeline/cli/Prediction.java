package dev.millrace.pipeline.cli;

import dev.millrace.model.engine.Engines;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.metric.Outcomes;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.spec.Loss;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Runs examples through a snapshot, mini-batch by mini-batch, and keeps the score of those with labels. */
final class Prediction implements AutoCloseable {
    private static final int BATCH = 256;

    private final ModelSpec spec;
    private final int outputs;
    private final GradientEngine engine;
    private final @Nullable PrintWriter to;
    private final GradientSum sum;
    private final SampleBatch batch;
    private @Nullable Outcomes outcomes;
    private boolean labeled;
    private long rows;

    /** @param to receives every prediction as a line of CSV; null for none */
    Prediction(Snapshot snapshot, @Nullable PrintWriter to) {
        this.spec = snapshot.manifest().modelSpec();
        this.outputs = spec.outputs();
        this.engine = Engines.factory("auto").create(spec);
        this.to = to;
        this.sum = new GradientSum(snapshot.parameters().length);
        this.batch = new SampleBatch(spec.inputs(), spec.labelWidth(), BATCH);
        engine.upload(0, snapshot.parameters(), snapshot.parameters().length);
    }

    /** @throws IllegalArgumentException naming the row that does not fit the model */
    void run(Examples examples) throws IOException {
        Example example = new Example();
        if (to != null) writeHeader(to);
        while (examples.read(example)) {
            check(example);
            batch.append(example.features, example.labels, 1f);
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

    private void flush() {
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
        if (to != null) writeRows(to);
        batch.setRows(0);
    }

    private boolean hasClasses() {
        return spec.loss() == Loss.CATEGORICAL_CROSSENTROPY;
    }

    private void writeHeader(PrintWriter csv) {
        if (hasClasses()) csv.print("class,");
        for (int k = 0; k < outputs; k++) csv.print((k == 0 ? "" : ",") + "output_" + k);
        csv.println();
    }

    private void writeRows(PrintWriter csv) {
        for (int i = 0; i < batch.rows(); i++) {
            if (hasClasses()) csv.print(largest(i) + ",");
            for (int k = 0; k < outputs; k++) csv.print((k == 0 ? "" : ",") + sum.predictions[i * outputs + k]);
            csv.println();
        }
    }

    private int largest(int row) {
        int best = 0;
        for (int k = 1; k < outputs; k++) {
            if (sum.predictions[row * outputs + k] > sum.predictions[row * outputs + best]) best = k;
        }
        return best;
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

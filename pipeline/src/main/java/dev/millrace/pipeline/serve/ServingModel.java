package dev.millrace.pipeline.serve;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** One version and all that answering with it takes. For any number of threads. */
final class ServingModel {
    private final ServedModel served;
    private final @Nullable FeatureMapping mapping;
    private final Classes classes;
    /** A mapping is compiled once for each request that is answered at the same time. */
    private final ConcurrentLinkedQueue<RecordInput> idle = new ConcurrentLinkedQueue<>();

    ServingModel(ServedModel served) {
        this.served = served;
        this.mapping = served.features();
        this.classes = Classes.of(served.spec(), served.classes());
    }

    ServedModel served() {
        return served;
    }

    String name() {
        return served.manifest().model();
    }

    long version() {
        return served.version();
    }

    ModelSpec spec() {
        return served.spec();
    }

    /** How records become inputs; null for a model that takes features. */
    @Nullable
    FeatureMapping mapping() {
        return mapping;
    }

    /** Adds the rows of a JSON body. */
    void readJson(InputStream body, Rows rows) throws IOException {
        if (mapping == null) {
            JsonInput.read(body, null, rows);
            return;
        }
        RecordInput records = take(mapping);
        JsonInput.read(body, records, rows);
        idle.add(records);
    }

    /** Adds the rows of an Avro object container file. */
    void readAvro(byte[] body, Rows rows) throws IOException {
        if (mapping == null) {
            AvroInput.read(body, new ReadySamples(), rows);
            return;
        }
        RecordInput records = take(mapping);
        AvroInput.read(body, records, rows);
        idle.add(records);
    }

    private RecordInput take(FeatureMapping records) {
        RecordInput taken = idle.poll();
        return taken == null ? new MappedRecords(records) : taken;
    }

    /** All rows in one call of the engine. */
    Predictions predict(Rows rows) {
        int width = spec().outputs();
        float[] outputs = new float[rows.count() * width];
        served.predict(rows.values(), rows.count(), outputs);
        return new Predictions(name(), version(), served.covered(), classes, rows, outputs, width);
    }
}

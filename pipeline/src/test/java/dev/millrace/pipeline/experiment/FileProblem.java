package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.dataset.DataFile;
import dev.millrace.pipeline.dataset.Example;
import dev.millrace.pipeline.dataset.Examples;
import dev.millrace.pipeline.produce.SampleStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Real data. Images (IDX) are passed three times, each time in another order of the seed's, and judged by their own test
 * file; rows in order of time (CSV) once, and judged by the last tenth, which is not learnt from.
 */
final class FileProblem implements Problem {
    private final String name;
    private final ModelSpec spec;
    private final SampleBatch train;
    private final SampleBatch test;
    private final int passes;

    private FileProblem(String name, ModelSpec spec, SampleBatch train, SampleBatch test, int passes) {
        this.name = name;
        this.spec = spec;
        this.train = train;
        this.test = test;
        this.passes = passes;
    }

    static FileProblem images(Path directory) throws IOException {
        ModelSpec spec = ModelSpec.fromYaml("""
                name: images
                inputs: 784
                layers:
                  - dense: {units: 128, activation: relu}
                  - dense: {units: 10, activation: softmax}
                loss: categorical_crossentropy
                """);
        SampleBatch train = read(directory.resolve("train-images-idx3-ubyte"), null);
        SampleBatch test = read(directory.resolve("t10k-images-idx3-ubyte"), null);
        return new FileProblem("images 784-128-10", spec, train, test, 3);
    }

    static FileProblem rows(Path csv, String label) throws IOException {
        SampleBatch all = read(csv, label);
        ModelSpec spec = ModelSpec.fromYaml("name: rows\ninputs: " + all.featureWidth()
                + "\nlayers:\n  - dense: {units: 32, activation: relu}\n  - dense: {units: 1, activation: sigmoid}\n"
                + "loss: binary_crossentropy\n");
        int last = all.rows() - all.rows() / 10;
        return new FileProblem(
                "rows " + all.featureWidth() + "-32-1", spec, part(all, 0, last), part(all, last, all.rows()), 1);
    }

    private static SampleBatch read(Path file, @Nullable String label) throws IOException {
        try (Examples examples = DataFile.of(file, label).open()) {
            Example example = new Example();
            if (!examples.read(example)) throw new IOException(file + " is empty");
            SampleBatch batch = new SampleBatch(example.features.length, 1, 1 << 16);
            do {
                batch.append(example.features, example.labels, 1);
            } while (examples.read(example));
            return batch;
        }
    }

    private static SampleBatch part(SampleBatch all, int from, int to) {
        SampleBatch part = new SampleBatch(all.featureWidth(), 1, to - from);
        float[] x = new float[all.featureWidth()];
        for (int i = from; i < to; i++) {
            System.arraycopy(all.features(), i * x.length, x, 0, x.length);
            part.append(x, new float[] {all.labels()[i]}, 1);
        }
        return part;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ModelSpec spec() {
        return spec;
    }

    @Override
    public int samples() {
        return passes * train.rows();
    }

    @Override
    public SampleStream stream(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] order = new int[train.rows()];
        for (int i = 0; i < order.length; i++) order[i] = i;
        return new SampleStream() {
            private int next;

            @Override
            public boolean next(Example into) {
                if (next == samples()) return false;
                int place = next % order.length;
                if (place == 0 && passes > 1) shuffle(order, random);
                int row = order[place];
                int width = train.featureWidth();
                if (into.features.length != width) into.features = new float[width];
                System.arraycopy(train.features(), row * width, into.features, 0, width);
                into.labels[0] = train.labels()[row];
                into.labelCount = 1;
                next++;
                return true;
            }
        };
    }

    private static void shuffle(int[] order, SplittableRandom random) {
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int row = order[i];
            order[i] = order[other];
            order[other] = row;
        }
    }

    @Override
    public SampleBatch test(long seed) {
        return test;
    }

    @Override
    public double driftAt() {
        return 0;
    }

    @Override
    public double factor() {
        return 1.05;
    }
}

package dev.millrace.pipeline.experiment;

import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.produce.SampleStream;
import java.io.IOException;

/** A model, a stream to learn it from, and other samples to judge it by. */
interface Problem {
    int TEST_SAMPLES = 8192;

    String name();

    ModelSpec spec();

    /** Length of the stream. */
    int samples();

    /** The stream that belongs to a seed. */
    SampleStream stream(long seed) throws IOException;

    /** Samples as they are at the end of the stream, none of them in it. */
    SampleBatch test(long seed) throws IOException;

    /** Where the last abrupt drift is, 0 the begin and 1 the end of the stream. */
    double driftAt();

    /** How near the best final loss of all fixed sizes counts as there. */
    double factor();

    /** A generated one. */
    record Drifting(Learner learner, Scenario scenario, int samples) implements Problem {
        @Override
        public String name() {
            return learner.name() + " " + scenario.words();
        }

        @Override
        public ModelSpec spec() {
            return learner.spec();
        }

        @Override
        public DriftingStream stream(long seed) {
            return new DriftingStream(teacher(seed), seed, 0, 1, samples);
        }

        @Override
        public SampleBatch test(long seed) throws IOException {
            return Evaluator.read(new DriftingStream(teacher(seed), ~seed, 1, 1, TEST_SAMPLES), TEST_SAMPLES);
        }

        private Teacher teacher(long seed) {
            return new Teacher(seed, scenario, DriftingStream.FEATURES, learner.hidden());
        }

        @Override
        public double driftAt() {
            return scenario.abruptAt();
        }

        @Override
        public double factor() {
            return scenario == Scenario.STATIONARY ? 1.01 : 1.02;
        }
    }
}

package dev.millrace.pipeline.job;

import dev.millrace.model.engine.EngineFactory;
import dev.millrace.model.engine.GradientEngine;
import dev.millrace.model.engine.GradientSum;
import dev.millrace.model.engine.SampleBatch;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.engine.DelegatingEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The real engine, which fails once: after so many samples, as soon as a checkpoint has completed. */
final class FailingOnceEngine extends DelegatingEngine {
    private static final Set<String> FAILED = ConcurrentHashMap.newKeySet();
    private static final int LOOK_EVERY = 32; // steps

    private final Factory failure;
    private long samples;
    private long steps;

    private FailingOnceEngine(ModelSpec spec, Factory failure) {
        super(spec);
        this.failure = failure;
    }

    /**
     * Makes engines of which one fails.
     *
     * @param checkpoints directory of the job's checkpoints, which nothing else writes to
     */
    record Factory(int after, String checkpoints) implements EngineFactory {
        @Override
        public GradientEngine create(ModelSpec spec) {
            return new FailingOnceEngine(spec, this);
        }

        boolean hasFailed() {
            return FAILED.contains(checkpoints);
        }
    }

    @Override
    public void lossAndGradient(SampleBatch batch, int microBatch, GradientSum into) {
        samples += batch.rows();
        boolean look = samples > failure.after && ++steps % LOOK_EVERY == 0;
        if (look && hasCheckpoint() && FAILED.add(failure.checkpoints)) throw new IllegalStateException("on purpose");
        super.lossAndGradient(batch, microBatch, into);
    }

    private boolean hasCheckpoint() {
        try (Stream<Path> files = Files.walk(Path.of(failure.checkpoints))) {
            return files.anyMatch(file -> file.endsWith("_metadata"));
        } catch (IOException | UncheckedIOException e) {
            return false; // one was being deleted
        }
    }
}

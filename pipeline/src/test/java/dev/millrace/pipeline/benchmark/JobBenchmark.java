package dev.millrace.pipeline.benchmark;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.local.EmbeddedKafka;
import java.nio.file.Path;
import java.util.List;

/**
 * The whole job from Kafka against a Python loop (confluent-kafka and PyTorch) on the same topic in the same run:
 * samples per second, mini-batches of 256, synchronous, one worker; the broker is in this process and shares its cores.
 * A job runs for months, so it is measured warm: each job runs twice before, unmeasured, and the first second of each run
 * does not count either.
 */
public final class JobBenchmark {
    private static final int BATCH = 256;

    private JobBenchmark() {}

    /** Arguments: the Python script, rounds, samples of 32 features, samples of 784 features. */
    public static void main(String[] args) throws Exception {
        Path script = Path.of(args[0]);
        int rounds = Integer.parseInt(args[1]);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            Benchmarks.fill(kafka, "narrow", Integer.parseInt(args[2]), 32, 2);
            Benchmarks.fill(kafka, "wide", Integer.parseInt(args[3]), 784, 10);
            for (int warmUp = 1; warmUp <= 2; warmUp++) {
                job(kafka, "narrow", Benchmarks.clicks(), -warmUp);
                job(kafka, "wide", Benchmarks.digits(), -warmUp);
            }
            for (int round = 0; round < rounds; round++) {
                compare(kafka, script, "narrow", Benchmarks.clicks(), "32-64-32-1", round);
                compare(kafka, script, "wide", Benchmarks.digits(), "784-128-10", round);
            }
        }
        System.exit(0);
    }

    private static void compare(EmbeddedKafka kafka, Path script, String topic, ModelSpec spec, String name, int round)
            throws Exception {
        double python = python(kafka, script, topic, spec.inputs(), name);
        double ours = job(kafka, topic, spec, round);
        System.out.printf(
                "%-12s job %,9.0f samples/s   Python %,9.0f samples/s   ratio %.2f%n",
                name, ours, python, ours / python);
    }

    private static double job(EmbeddedKafka kafka, String topic, ModelSpec spec, int round) throws Exception {
        ConfigLoader configuration = ConfigLoader.withoutFile()
                .overrides(List.of("batch.policy=fixed", "batch.size=" + BATCH))
                .override("model", spec.toTree());
        return JobRuns.samplesPerSecond(kafka, topic, configuration, round, 0);
    }

    private static double python(EmbeddedKafka kafka, Path script, String topic, int features, String model)
            throws Exception {
        return Benchmarks.python(
                script, kafka.bootstrapServers(), topic, Integer.toString(features), model, Integer.toString(BATCH));
    }
}

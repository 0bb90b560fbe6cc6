package dev.millrace.pipeline.benchmark;

import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.LiveTopic;
import dev.millrace.pipeline.server.LiveSettings;
import dev.millrace.pipeline.server.PublicationSettings;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;

/**
 * What live parameters cost the training: synchronous steps per second with them and without, in turns within one run, sent each
 * 250 ms to a broker in this process that shares its cores.
 */
public final class LiveBenchmark {
    private static final int INTERVAL_MILLIS = 250;

    private LiveBenchmark() {}

    /** Arguments: rounds, steps of the small model, steps of the large one. */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        try (EmbeddedKafka kafka = EmbeddedKafka.startTemporary()) {
            kafka.createTopic("live", 1, Map.of("cleanup.policy", "compact"));
            compare(kafka, Benchmarks.hidden(30), rounds, Integer.parseInt(args[1]));
            compare(kafka, Benchmarks.hidden(280, 320), rounds, Integer.parseInt(args[2]));
        }
        System.exit(0);
    }

    private static void compare(EmbeddedKafka kafka, ModelSpec spec, int rounds, int steps) throws Exception {
        PublicationSettings off = PublicationSettings.closed(10);
        PublicationSettings on = new PublicationSettings(off.gate(), 10, null, live(kafka, spec));
        double[] ratios = new double[rounds];
        for (int round = -1; round < rounds; round++) { // the first warms up
            double without = LoopBenchmark.stepsPerSecond(spec, steps, off);
            double with = LoopBenchmark.stepsPerSecond(spec, steps, on);
            System.out.printf(
                    "%7d parameters  without %8.0f steps/s   with live parameters %8.0f steps/s   ratio %.3f%s%n",
                    spec.layout().size(), without, with, with / without, round < 0 ? "  (warm-up)" : "");
            if (round >= 0) ratios[round] = with / without;
        }
        Arrays.sort(ratios);
        System.out.printf("%7d parameters  median ratio %.3f%n", spec.layout().size(), ratios[rounds / 2]);
    }

    private static LiveSettings live(EmbeddedKafka kafka, ModelSpec spec) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return new LiveSettings(new LiveTopic(properties, "live", spec.toJson(), null, 512 << 10), INTERVAL_MILLIS);
    }
}

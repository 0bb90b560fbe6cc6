package dev.millrace.pipeline.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.pipeline.local.EmbeddedKafka;
import dev.millrace.pipeline.publish.LiveTopic;
import dev.millrace.pipeline.server.LiveOutlet;
import dev.millrace.pipeline.server.LiveSettings;
import dev.millrace.pipeline.server.LiveState;
import dev.millrace.pipeline.server.PublicationSettings;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

/**
 * What live parameters cost the training: synchronous steps per second with them and without, in turns within one run, sent each
 * 250 ms to a broker in this process that shares its cores.
 */
public final class LiveBenchmark {
    private static final int INTERVAL_MILLIS = 250;
    private static final int SETS = 400;

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
        PublicationSettings on = new PublicationSettings(off.gate(), 10, null, null, live(kafka, spec));
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
        System.out.printf(
                "%7d parameters  median ratio %.3f, %.2f to %.2f; a set takes %.2f ms of processor time, broker included%n",
                spec.layout().size(), ratios[rounds / 2], ratios[0], ratios[rounds - 1], millisPerSet(kafka, spec));
    }

    /** Other work on the machine does not count in it, as it does in steps per second. */
    private static double millisPerSet(EmbeddedKafka kafka, ModelSpec spec) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Map<String, String> provenance = Map.of("covered", "false");
        try (LiveOutlet outlet = live(kafka, spec).outlet().open()) {
            long begin = 0;
            for (int set = -SETS; set < SETS; set++) { // the first half warms up
                if (set == 0) begin = system.getProcessCpuTime();
                outlet.send(new LiveState(
                        spec.toJson(), SETS + set, 1, new float[spec.layout().size()], provenance));
                while (!outlet.isIdle()) LockSupport.parkNanos(100_000);
            }
            return (system.getProcessCpuTime() - begin) / 1e6 / SETS;
        }
    }

    private static LiveSettings live(EmbeddedKafka kafka, ModelSpec spec) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", kafka.bootstrapServers());
        return new LiveSettings(new LiveTopic(properties, "live", spec.name(), null, 512 << 10), INTERVAL_MILLIS);
    }
}

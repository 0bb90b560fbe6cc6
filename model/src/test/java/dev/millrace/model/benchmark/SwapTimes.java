package dev.millrace.model.benchmark;

import dev.millrace.model.client.DirectorySource;
import dev.millrace.model.client.PublishedDirectory;
import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.snapshot.SnapshotParts;
import dev.millrace.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Predictions of one row by one thread, with versions swapped ten times a second and without, in turns: each round is one
 * second of the one and one of the other, in changing order, so that both meet the same disturbances. Swaps are whole: a
 * directory is polled, files are read, checked, copied out of the heap, warmed. Of each round the ratio is kept, and the median
 * of the rounds printed.
 */
public final class SwapTimes {
    private static final String[] MODELS = {"784-10", "784-128-10", "784-512-256-10", StepBenchmark.CNN};
    private static final long PHASE_NANOS = 1_000_000_000;
    private static final long SWAP_MILLIS = 100;
    private static final int MOST = 4_000_000;

    private static final long[] NANOS = new long[MOST];

    private record Phase(double p50, double p99, double p999, int count, long swaps) {}

    private SwapTimes() {}

    /** Arguments: rounds, then any models to run alone. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[0]);
        String[] models = args.length > 1 ? Arrays.copyOfRange(args, 1, args.length) : MODELS;
        System.out.println("us per prediction of one row, medians of " + rounds + " rounds; a swap every " + SWAP_MILLIS
                + " ms, or none");
        System.out.println(
                "model           swaps  p50 without   with  ratio  p99 without   with  ratio p99.9 without   with  ratio");
        for (String model : models) compare(model, rounds);
    }

    private static void compare(String name, int rounds) throws IOException, InterruptedException {
        Path root = Files.createTempDirectory("millrace-swap-");
        ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
        try (SnapshotClient client = SnapshotClient.of(new DirectorySource(root))
                .pollingEvery(Duration.ofMillis(20))
                .start()) {
            PublishedDirectory published = new PublishedDirectory(root);
            int versions = (int) (rounds * PHASE_NANOS / 1_000_000 / SWAP_MILLIS) + 10 * rounds + 10;
            for (int version = 1; version <= versions; version++) add(published, StepBenchmark.spec(name), version);
            published.pointTo(1);
            Objects.requireNonNull(client.await(Duration.ofMinutes(1)));
            AtomicLong newest = new AtomicLong(1);
            phase(client); // for the JIT
            phase(client);
            Phase[] without = new Phase[rounds];
            Phase[] with = new Phase[rounds];
            for (int round = 0; round < rounds; round++) {
                if (round % 2 == 0) without[round] = phase(client);
                var swaps = publisher.scheduleAtFixedRate(
                        () -> published.pointTo(newest.incrementAndGet()), 0, SWAP_MILLIS, TimeUnit.MILLISECONDS);
                with[round] = phase(client);
                swaps.cancel(false);
                while (current(client).version() < newest.get()) Thread.onSpinWait();
                if (round % 2 != 0) without[round] = phase(client);
            }
            print(name, without, with);
        } finally {
            publisher.shutdownNow();
            delete(root);
        }
    }

    private static void add(PublishedDirectory published, ModelSpec spec, int version) {
        float[] parameters = spec.initialParameters(version);
        published.add(
                SnapshotParts.split(spec, version, 1, parameters, Map.of(), 1 << 22)
                        .manifest(),
                parameters);
    }

    private static ServedModel current(SnapshotClient client) {
        return Objects.requireNonNull(client.current());
    }

    private static Phase phase(SnapshotClient client) {
        ServedModel first = current(client);
        float[] row = new float[first.spec().inputs()];
        Arrays.fill(row, 0.5f);
        float[] into = new float[first.spec().outputs()];
        int count = 0;
        long start = System.nanoTime();
        long now = start;
        while (now - start < PHASE_NANOS && count < MOST) {
            current(client).predict(row, 1, into);
            long then = now;
            now = System.nanoTime();
            NANOS[count++] = now - then;
        }
        Arrays.sort(NANOS, 0, count);
        long swaps = current(client).version() - first.version();
        return new Phase(quantile(0.5, count), quantile(0.99, count), quantile(0.999, count), count, swaps);
    }

    private static double quantile(double q, int count) {
        return NANOS[(int) Math.min(count - 1, Math.floor(q * count))] / 1e3;
    }

    private interface Of {
        double value(Phase phase);
    }

    private static void print(String name, Phase[] without, Phase[] with) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%-15s %5d",
                name,
                Arrays.stream(with).mapToLong(Phase::swaps).sum()));
        Of[] columns = {Phase::p50, Phase::p99, Phase::p999};
        for (Of of : columns) {
            double[] ratios = new double[with.length];
            for (int i = 0; i < ratios.length; i++) ratios[i] = of.value(with[i]) / of.value(without[i]);
            line.append(String.format(
                    Locale.ROOT,
                    " %12.1f %6.1f %5.2fx",
                    median(Arrays.stream(without).mapToDouble(of::value).toArray()),
                    median(Arrays.stream(with).mapToDouble(of::value).toArray()),
                    median(ratios)));
        }
        System.out.println(line);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}

package dev.millrace.pipeline.advise;

import com.sun.management.OperatingSystemMXBean;
import dev.millrace.model.schedule.LearningRateSchedule;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How fast each size is. The sizes take turns in short slices, so that whatever else the machine does hits all of them;
 * a third of the time is spent before anything counts, for the JIT compiler.
 */
final class SpeedTest {
    private static final int ROUNDS = 7;
    private static final double SHORTEST_SLICE = 0.01; // seconds
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private final Learner learner;
    private final int samples;
    private final int[] sizes;
    private final long seed;
    private final LearningRateSchedule learningRate;

    SpeedTest(Learner learner, int samples, int[] sizes, long seed, LearningRateSchedule learningRate) {
        this.learner = learner;
        this.samples = samples;
        this.sizes = sizes;
        this.seed = seed;
        this.learningRate = learningRate;
    }

    /** Takes about so many seconds; a slice has at least one step. */
    List<Timing> run(double seconds, Runnable progress) {
        double slice = Math.max(SHORTEST_SLICE, seconds / (1.5 * ROUNDS) / sizes.length);
        for (int round = 0; round < ROUNDS / 2; round++) {
            for (int size : sizes) slice(size, slice);
            progress.run();
        }
        double[][] rates = new double[sizes.length][ROUNDS];
        double[] busy = new double[sizes.length];
        double[] wall = new double[sizes.length];
        for (int round = 0; round < ROUNDS; round++) {
            for (int turn = 0; turn < sizes.length; turn++) {
                int i = (turn + round) % sizes.length;
                long processor = PROCESS.getProcessCpuTime();
                Slice done = slice(sizes[i], slice);
                busy[i] += (PROCESS.getProcessCpuTime() - processor) / 1e9;
                wall[i] += done.seconds;
                rates[i][round] = done.samples / done.seconds;
            }
            progress.run();
        }
        List<Timing> timings = new ArrayList<>();
        for (int i = 0; i < sizes.length; i++) timings.add(new Timing(sizes[i], median(rates[i]), busy[i] / wall[i]));
        return timings;
    }

    private record Slice(long samples, double seconds) {}

    private Slice slice(int size, double seconds) {
        learner.begin(seed, learningRate);
        long learnt = 0;
        int from = 0;
        long start = System.nanoTime();
        double elapsed;
        do {
            if (from + size > samples) from = 0;
            learner.learn(from, from + size);
            from += size;
            learnt += size;
            elapsed = (System.nanoTime() - start) / 1e9;
        } while (elapsed < seconds);
        return new Slice(learnt, elapsed);
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

package dev.millrace.model.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * {@link StepTimes} and PyTorch in turns, each in its own process on one thread, so that both meet the same disturbances;
 * of each the best of all rounds. The ratio is that of processor times, which a busy machine disturbs least.
 */
public final class StepRatios {
    private static final int[] BATCHES = {1, 32, 1024};
    private static final double[] TARGETS = {3.0, 1.4, 1.0};
    private static final String[] MODELS = {"784-10", "784-128-10", "784-512-256-10", "32-64-32-1", StepBenchmark.CNN};
    private static final String SECONDS = "2";

    private StepRatios() {}

    /** Arguments: the PyTorch script, rounds, then any models to run alone. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.parseInt(args[1]);
        String[] models = args.length > 2 ? Arrays.copyOfRange(args, 2, args.length) : MODELS;
        System.out.println("us per step: processor (wall), best of " + rounds + " rounds");
        System.out.println(
                "model           batch               millrace                PyTorch   ratio target bytes   guarded  ratio");
        for (String model : models) {
            for (int b = 0; b < BATCHES.length; b++) compare(args[0], model, BATCHES[b], TARGETS[b], rounds);
        }
    }

    private static void compare(String script, String model, int batch, double target, int rounds)
            throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        String rows = Integer.toString(batch);
        double[] ours = never(3);
        double[] theirs = never(2);
        double bytes = Double.POSITIVE_INFINITY;
        for (int round = 0; round < rounds; round++) {
            String[] times = run(List.of(java, "-cp", classPath, StepTimes.class.getName(), model, rows, SECONDS));
            keepLeast(ours, times);
            bytes = Math.min(bytes, Double.parseDouble(times[3]));
            keepLeast(theirs, run(List.of("/usr/bin/python3", script, model, rows, SECONDS)));
        }
        System.out.printf(
                Locale.ROOT,
                "%-15s %5d %10.1f (%9.1f) %10.1f (%9.1f) %6.2fx %5.1fx %5.0f %9.1f %5.2fx%n",
                model,
                batch,
                ours[0],
                ours[1],
                theirs[0],
                theirs[1],
                theirs[0] / ours[0],
                target,
                bytes,
                ours[2],
                theirs[0] / ours[2]);
    }

    private static double[] never(int length) {
        double[] never = new double[length];
        Arrays.fill(never, Double.POSITIVE_INFINITY);
        return never;
    }

    private static void keepLeast(double[] least, String[] words) {
        for (int i = 0; i < least.length; i++) least[i] = Math.min(least[i], Double.parseDouble(words[i]));
    }

    /** The words of the last line that a command prints. */
    private static String[] run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        if (command.get(0).endsWith("python3")) builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        String last = null;
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) last = line;
        }
        if (process.waitFor() != 0 || last == null) {
            throw new IOException(command + " ended with " + process.exitValue());
        }
        return last.split(" ", -1);
    }
}

package dev.millrace.pipeline.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds right after a full garbage collection, as jcmd and Linux tell it.
 *
 * @param jobClassLoaders live class loaders of jobs
 * @param classKiB classes' memory (metaspace) in use
 * @param directKiB memory of direct buffers
 * @param threads live threads
 * @param heapKiB heap in use
 * @param residentKiB of the process
 */
record Footprint(int jobClassLoaders, int classKiB, int directKiB, int threads, int heapKiB, int residentKiB) {
    private static final String JOB_LOADER = "org.apache.flink.util.ChildFirstClassLoader";

    static Footprint of(Process process) throws IOException, InterruptedException {
        jcmd(process, "GC.class_histogram"); // the first collection queues what cleaners and finalizers then free
        String histogram = jcmd(process, "GC.class_histogram");
        String memory = jcmd(process, "VM.native_memory", "summary");
        String metaspace = jcmd(process, "VM.metaspace", "basic");
        String threads = jcmd(process, "Thread.print");
        String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "status"));
        return new Footprint(
                number(histogram, "(\\d+) +\\d+ +" + Pattern.quote(JOB_LOADER) + "\\s", 0),
                (int) (1024 * decimal(metaspace, "Both: .*?([0-9.]+) MB \\([^)]*\\) committed")),
                number(memory, "Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)", 0),
                (int) Pattern.compile("^\"", Pattern.MULTILINE)
                        .matcher(threads)
                        .results()
                        .count(),
                number(histogram, "Total +\\d+ +(\\d+)", -1) / 1024,
                number(status, "VmRSS:\\s+(\\d+) kB", -1));
    }

    private static String jcmd(Process process, String... command) throws IOException, InterruptedException {
        String[] line = new String[command.length + 2];
        line[0] = Path.of(System.getProperty("java.home"), "bin/jcmd").toString();
        line[1] = Long.toString(process.pid());
        System.arraycopy(command, 0, line, 2, command.length);
        Process jcmd = new ProcessBuilder(line).redirectErrorStream(true).start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) throw new IOException(String.join(" ", line) + " said: " + said);
        return said;
    }

    private static int number(String text, String pattern, int otherwise) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (matcher.find()) return Integer.parseInt(matcher.group(1));
        if (otherwise < 0) throw new AssertionError(pattern + " is not in: " + text);
        return otherwise;
    }

    private static double decimal(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (matcher.find()) return Double.parseDouble(matcher.group(1));
        throw new AssertionError(pattern + " is not in: " + text);
    }
}

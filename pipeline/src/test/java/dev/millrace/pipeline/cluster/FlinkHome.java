package dev.millrace.pipeline.cluster;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a Flink installation has in its lib folder, put together from the distribution that Maven packaged. */
record FlinkHome(Path distribution) {
    /** What comes with Flink; everything else of the distribution's lib belongs to the job or to the broker. */
    private static final Pattern OF_FLINK =
            Pattern.compile("(flink-(?!connector-(kafka|base))|log4j-|slf4j-|commons-(cli|collections|"
                    + "compress|io|lang3|math3|text)-|kryo|minlog|objenesis|javassist|snakeyaml-engine|snappy|lz4|jsr305|"
                    + "RoaringBitmap|async-profiler|reflectasm|hash4j).*\\.jar");

    /** The distribution that system property {@code millrace.distribution} names. */
    static FlinkHome packaged() {
        String distribution = System.getProperty("millrace.distribution");
        if (distribution == null) throw new IllegalStateException("Set -Dmillrace.distribution; mvn verify does");
        return new FlinkHome(Path.of(distribution));
    }

    Path jobJar() {
        return distribution.resolve("job/millrace-job.jar");
    }

    /** Flink, and the native libraries that cluster-lib/README tells to put beside it. */
    String classPath() throws IOException {
        List<Path> jars = new ArrayList<>(jars("lib", OF_FLINK));
        jars.addAll(jars("cluster-lib", Pattern.compile(".*\\.jar")));
        return jars.stream().map(Path::toString).collect(joining(":"));
    }

    private List<Path> jars(String folder, Pattern name) throws IOException {
        try (Stream<Path> files = Files.list(distribution.resolve(folder))) {
            return files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        }
    }
}

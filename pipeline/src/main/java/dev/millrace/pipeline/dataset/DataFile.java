package dev.millrace.pipeline.dataset;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Opens a file of examples by what its name says it is. */
public final class DataFile {
    private static final int BUFFER = 1 << 16;

    private DataFile() {}

    /**
     * Opens {@code .csv}, {@code .jsonl} (also {@code .ndjson}) or IDX images ({@code idx3} in the name), each also with
     * {@code .gz}.
     *
     * @param label CSV: name of the label column; null for a file without labels
     * @param labels IDX: the file of labels; null for the one whose name has {@code labels-idx1} for {@code images-idx3},
     *     if there is one
     */
    public static Examples open(Path file, @Nullable String label, @Nullable Path labels) throws IOException {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        String kind = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        if (kind.endsWith(".csv")) return new CsvExamples(reader(file), label);
        if (kind.endsWith(".jsonl") || kind.endsWith(".ndjson")) return new JsonLinesExamples(reader(file));
        if (kind.contains("idx3")) {
            Path beside = labels == null ? labelsBeside(file) : labels;
            return IdxExamples.open(stream(file), beside == null ? null : stream(beside));
        }
        throw new IllegalArgumentException(
                "the name of a data file must end with .csv, .jsonl or .ndjson, or have idx3 in it, with or without"
                        + " .gz. Received: " + file);
    }

    private static @Nullable Path labelsBeside(Path images) {
        String name = String.valueOf(images.getFileName())
                .replace("images-idx3", "labels-idx1")
                .replace("images.idx3", "labels.idx1");
        Path labels = images.resolveSibling(name);
        return !labels.equals(images) && Files.exists(labels) ? labels : null;
    }

    private static BufferedReader reader(Path file) throws IOException {
        return new BufferedReader(new InputStreamReader(stream(file), StandardCharsets.UTF_8), BUFFER);
    }

    private static InputStream stream(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        return String.valueOf(file.getFileName()).endsWith(".gz")
                ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER)
                : in;
    }
}

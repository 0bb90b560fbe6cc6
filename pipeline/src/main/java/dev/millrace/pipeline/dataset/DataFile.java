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

/**
 * A file of examples; its name says what it is: {@code .csv}, {@code .tsv}, {@code .jsonl} (also {@code .ndjson}) or
 * IDX images ({@code idx3} in the name), each also with {@code .gz}.
 *
 * @param rules how a CSV file is read
 * @param labels IDX: the file of labels; null for the one whose name has {@code labels-idx1} for {@code images-idx3}, if
 *     there is one
 */
public record DataFile(Path path, CsvRules rules, @Nullable Path labels) {
    private static final int BUFFER = 1 << 16;

    /** A file that is read as usual. */
    public static DataFile of(Path path, @Nullable String label) {
        return new DataFile(path, CsvRules.labeled(label), null);
    }

    /** @throws IllegalArgumentException if the file is not there, or none that can be read by these rules */
    public Examples open() throws IOException {
        checkReadable(path);
        String kind = kind(path);
        if (isCsv(path)) return new CsvExamples(stream(path), rules);
        if (isJsonLines(path)) return new JsonLinesExamples(reader(path), rules);
        if (kind.contains("idx3")) {
            Path beside = labels == null ? labelsBeside() : labels;
            return IdxExamples.open(stream(path), beside == null ? null : stream(beside));
        }
        throw new IllegalArgumentException(
                "the name of a data file must end with .csv, .tsv, .jsonl or .ndjson, or have idx3 in it, with or"
                        + " without .gz, or end with .avro where Avro records are taken. Received: "
                        + path.getFileName());
    }

    static boolean isCsv(Path path) {
        return kind(path).endsWith(".csv") || kind(path).endsWith(".tsv");
    }

    static boolean isJsonLines(Path path) {
        return kind(path).endsWith(".jsonl") || kind(path).endsWith(".ndjson");
    }

    /** The name's end without {@code .gz}. */
    static String kind(Path path) {
        String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }

    private @Nullable Path labelsBeside() {
        String name = String.valueOf(path.getFileName())
                .replace("images-idx3", "labels-idx1")
                .replace("images.idx3", "labels.idx1");
        Path beside = path.resolveSibling(name);
        return !beside.equals(path) && Files.exists(beside) ? beside : null;
    }

    static void checkReadable(Path path) {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            throw new IllegalArgumentException("there is no such file, or it may not be read");
        }
    }

    static BufferedReader reader(Path path) throws IOException {
        return new BufferedReader(new InputStreamReader(stream(path), StandardCharsets.UTF_8), BUFFER);
    }

    private static InputStream stream(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        return kind(file).length() < String.valueOf(file.getFileName()).length()
                ? new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER)
                : in;
    }
}

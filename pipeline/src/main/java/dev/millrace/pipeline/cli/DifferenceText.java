package dev.millrace.pipeline.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.snapshot.Difference;
import dev.millrace.model.snapshot.Snapshot;
import dev.millrace.model.snapshot.SnapshotDifference;
import dev.millrace.model.snapshot.SnapshotManifest;
import dev.millrace.model.snapshot.TensorDifference;
import dev.millrace.pipeline.publish.OneLine;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What two snapshots have not in common, in words or as JSON. */
final class DifferenceText {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_VALUE = 80;
    private static final String NONE = "-";

    private final SnapshotManifest a;
    private final SnapshotManifest b;
    private final SnapshotDifference difference;

    DifferenceText(Snapshot a, Snapshot b) {
        this.a = a.manifest();
        this.b = b.manifest();
        this.difference = SnapshotDifference.between(a, b);
    }

    /** One line for each place where they differ, a table of tensors last. */
    void print(PrintWriter out) {
        manifest(out, "a", a);
        manifest(out, "b", b);
        section(out, "model", difference.model());
        section(out, "features", difference.features());
        section(out, "provenance", difference.provenance());
        out.printf(
                "%n%-32s %-14s %12s %12s %12s %10s %10s%n",
                "tensor", "shape", "norm a", "norm b", "max change", "relative", "cosine");
        difference.tensors().forEach(tensor -> row(out, tensor, shape(tensor)));
        row(out, difference.all(), "");
        out.flush();
    }

    private static void manifest(PrintWriter out, String name, SnapshotManifest manifest) {
        out.printf(
                "%s  %s version %d, %s, %,d parameters, sha256 %s%n",
                name,
                manifest.model(),
                manifest.version(),
                Instant.ofEpochMilli(manifest.created()),
                manifest.parameters(),
                manifest.sha256());
    }

    private static void section(PrintWriter out, String name, List<Difference> differences) {
        if (differences.isEmpty()) {
            out.printf("%n%s: the same%n", name);
            return;
        }
        out.printf("%n%s:%n", name);
        for (Difference difference : differences) {
            out.printf("  %-32s %s -> %s%n", difference.what(), value(difference.a()), value(difference.b()));
        }
    }

    private static String value(@Nullable String text) {
        if (text == null) return "(none)";
        String line = OneLine.of(text, MAX_VALUE);
        return text.length() > MAX_VALUE ? line + "..." : line;
    }

    private static void row(PrintWriter out, TensorDifference tensor, String shape) {
        out.printf(
                "%-32s %-14s %12s %12s %12s %10s %10s%n",
                tensor.name(),
                shape,
                number("%.5g", tensor.normA()),
                number("%.5g", tensor.normB()),
                number("%.3g", tensor.maxChange()),
                number("%.3g", tensor.relativeChange()),
                number("%.6f", tensor.cosine()));
    }

    private static String shape(TensorDifference tensor) {
        String first = extents(tensor.shapeA());
        String second = extents(tensor.shapeB());
        return first.equals(second) ? first : first + " -> " + second;
    }

    private static String extents(@Nullable List<Integer> shape) {
        if (shape == null) return "(none)";
        return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    private static String number(String format, @Nullable Double number) {
        return number == null ? NONE : String.format(Locale.ROOT, format, number);
    }

    /** The same for programs; numbers that there are not are null. */
    String json() {
        ObjectNode root = JSON.createObjectNode();
        root.set("a", json(a));
        root.set("b", json(b));
        ObjectNode content = JSON.valueToTree(difference);
        root.setAll(content);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("words and numbers can be written", e);
        }
    }

    private static ObjectNode json(SnapshotManifest manifest) {
        return JSON.createObjectNode()
                .put("model", manifest.model())
                .put("version", manifest.version())
                .put("created", manifest.created())
                .put("parameters", manifest.parameters())
                .put("sha256", manifest.sha256());
    }
}

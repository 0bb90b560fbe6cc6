package dev.millrace.schemas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.ControlCommand;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.LabeledSample;
import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.TrainingReport;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every version of a schema that was ever there stays in the resources, {@code v1}, {@code v2}, ...: none may be
 * changed so that any two of them cannot talk, and none without its text being added there.
 */
class SchemaCompatibilityTest {

    /** But for commands: one that an earlier job does not know must be refused there, not taken for another. */
    @ParameterizedTest
    @MethodSource("schemas")
    void anyTwoVersionsReadEachOther(Schema current) throws IOException {
        List<Schema> versions = versions(current.getName());

        assertThat(versions).isNotEmpty();
        for (Schema reader : versions) {
            for (Schema writer : versions) {
                boolean newer = versions.indexOf(writer) > versions.indexOf(reader);
                if (newer && current.equals(ControlCommand.getClassSchema())) continue;
                assertThat(SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                                .getType())
                        .as(
                                "version %d reading version %d of %s",
                                versions.indexOf(reader) + 1, versions.indexOf(writer) + 1, current.getName())
                        .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            }
        }
    }

    @Test
    void aCommandThatAnEarlierJobDoesNotKnowIsNotTakenForAnother() throws IOException {
        List<Schema> versions = versions("ControlCommand");
        Schema newest = versions.get(versions.size() - 1);

        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(versions.get(0), newest)
                        .getType())
                .isEqualTo(SchemaCompatibilityType.INCOMPATIBLE);
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void thePresentVersionIsTheLastThatIsKept(Schema current) throws IOException {
        List<Schema> versions = versions(current.getName());

        assertThat(versions.get(versions.size() - 1).toString())
                .as("%s was changed: add it beside its versions as v%d", current.getName(), versions.size() + 1)
                .isEqualTo(text(current));
    }

    /** Without what the generator of classes adds. */
    private static String text(Schema generated) {
        return generated
                .toString()
                .replace("{\"type\":\"string\",\"avro.java.string\":\"String\"}", "\"string\"")
                .replace(",\"avro.java.string\":\"String\"", "");
    }

    static Stream<Schema> schemas() {
        return Stream.of(
                ControlCommand.getClassSchema(),
                LabeledSample.getClassSchema(),
                DeadLetter.getClassSchema(),
                ModelManifest.getClassSchema(),
                ModelSnapshotPart.getClassSchema(),
                TrainingReport.getClassSchema());
    }

    /** The oldest first. */
    private static List<Schema> versions(String name) throws IOException {
        List<Schema> versions = new ArrayList<>();
        while (true) {
            String path = "/dev/millrace/schemas/v" + (versions.size() + 1) + "/" + name + ".avsc";
            try (InputStream in = SchemaCompatibilityTest.class.getResourceAsStream(path)) {
                if (in == null) return versions;
                versions.add(new Schema.Parser().parse(in));
            }
        }
    }
}

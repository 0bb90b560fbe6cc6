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
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schemas of every release stay in the resources: none may be changed so that old and new cannot talk. */
class SchemaCompatibilityTest {

    @ParameterizedTest
    @MethodSource("schemas")
    void shouldReadVersionOne(Schema current) throws IOException {
        Schema released = released("v1", current.getName());

        assertThat(compatibility(current, released)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
    }

    /** But for commands: one that an earlier job does not know must be refused there, not taken for another. */
    @ParameterizedTest
    @MethodSource("schemas")
    void shouldBeReadByVersionOne(Schema current) throws IOException {
        Schema released = released("v1", current.getName());
        boolean command = current.equals(ControlCommand.getClassSchema());

        assertThat(compatibility(released, current))
                .isEqualTo(command ? SchemaCompatibilityType.INCOMPATIBLE : SchemaCompatibilityType.COMPATIBLE);
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

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }

    private static Schema released(String version, String name) throws IOException {
        String path = "/dev/millrace/schemas/" + version + "/" + name + ".avsc";
        try (InputStream in = Objects.requireNonNull(SchemaCompatibilityTest.class.getResourceAsStream(path), path)) {
            return new Schema.Parser().parse(in);
        }
    }
}

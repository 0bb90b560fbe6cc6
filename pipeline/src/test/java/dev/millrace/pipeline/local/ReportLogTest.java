package dev.millrace.pipeline.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.server.ReportFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportLogTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("reports.csv");
    }

    private void add() {
        try (ReportLog log = new ReportLog(file())) {
            log.add(ReportFixture.binary("bids", List.of()));
        }
    }

    @Test
    void everyColumnHasANameAndAValue() throws IOException {
        add();

        List<String> lines = Files.readAllLines(file());
        List<String> names = List.of(lines.get(0).split(","));
        List<String> values = List.of(lines.get(1).split(","));
        assertThat(values).hasSameSizeAs(names).doesNotContain("");
        assertThat(values.get(names.indexOf("accuracy"))).isEqualTo("0.800000");
        assertThat(values.get(names.indexOf("macro_f1"))).isEqualTo("0.830000");
        assertThat(values.get(names.indexOf("calibration_error"))).isEqualTo("0.012300");
        assertThat(values.get(names.indexOf("rmse"))).isEqualTo("NaN");
    }

    @Test
    void aRunThatContinuesAppends() throws IOException {
        add();
        add();

        assertThat(Files.readAllLines(file())).hasSize(3);
    }

    @Test
    void aFileWithOtherColumnsIsSetAside() throws IOException {
        Files.writeString(file(), "time_ms,version\n1,2\n");
        Files.setLastModifiedTime(file(), FileTime.fromMillis(1_700_000_000_000L));

        add();

        assertThat(Files.readAllLines(file())).hasSize(2).first().asString().endsWith(",r2");
        assertThat(directory.resolve("reports-1700000000000.csv")).hasContent("time_ms,version\n1,2\n");
    }
}

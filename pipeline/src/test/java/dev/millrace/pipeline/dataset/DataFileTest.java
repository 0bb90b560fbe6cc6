package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataFileTest {
    @TempDir
    Path directory;

    private Path text(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private static List<String> rows(Path file, @Nullable String label) throws IOException {
        List<String> rows = new ArrayList<>();
        Example example = new Example();
        try (Examples examples = DataFile.of(file, label).open()) {
            while (examples.read(example)) {
                rows.add(Arrays.toString(example.features) + " -> "
                        + Arrays.toString(Arrays.copyOf(example.labels, example.labelCount)));
            }
        }
        return rows;
    }

    @Test
    void csvKnowsItsLabelByName() throws IOException {
        Path file = text("data.csv", "a,\"class\",b\n0.5,1,2\n\n1e-1,0, -3 \n");

        assertThat(rows(file, "class")).containsExactly("[0.5, 2.0] -> [1.0]", "[0.1, -3.0] -> [0.0]");
        assertThat(rows(file, null)).containsExactly("[0.5, 1.0, 2.0] -> []", "[0.1, 0.0, -3.0] -> []");
    }

    @Test
    void jsonLinesHaveALabelOrLabelsOrNone() throws IOException {
        Path file = text("data.jsonl", """
                {"features": [1, 2.5], "label": 3}
                {"features": [0, 0], "labels": [1, 0]}
                {"features": [4, 5]}
                """);

        assertThat(rows(file, null))
                .containsExactly("[1.0, 2.5] -> [3.0]", "[0.0, 0.0] -> [1.0, 0.0]", "[4.0, 5.0] -> []");
    }

    @Test
    void jsonLinesHaveIdTimeAndWeightWhereTheySaySo() throws IOException {
        Path file = text("data.jsonl", """
                {"features": [1], "label": "UP", "id": "a", "eventTime": 1700000000000, "weight": 0.5}
                {"features": [1], "label": "DOWN", "id": 7, "eventTime": "2023-11-14T22:13:20Z"}
                {"features": [1], "label": "UP", "id": null, "weight": null}
                """);
        CsvRules rules = new CsvRules(',', null, List.of("DOWN", "UP"), List.of(), List.of(), null, null, null, null);
        List<String> rows = new ArrayList<>();
        Example example = new Example();

        try (Examples examples = new DataFile(file, rules, null).open()) {
            while (examples.read(example)) {
                rows.add(example.labels[0] + " " + example.id + " " + example.eventTime + " " + example.weight);
            }
        }

        assertThat(rows)
                .containsExactly(
                        "1.0 a 1700000000000 0.5", "0.0 7 1700000000000 1.0", "1.0 null " + Example.NO_TIME + " 1.0");
    }

    @Test
    void imagesFindTheirLabelsBesideThem() throws IOException {
        idx("t-images-idx3-ubyte.gz", 0x803, 2, new int[] {1, 3}, 0, 255, 51, 1, 0, 0);
        idx("t-labels-idx1-ubyte.gz", 0x801, 2, new int[0], 7, 9);

        assertThat(rows(directory.resolve("t-images-idx3-ubyte.gz"), null))
                .containsExactly("[0.0, 1.0, 0.2] -> [7.0]", "[0.003921569, 0.0, 0.0] -> [9.0]");
    }

    @Test
    void aCutImageFileIsRefused() throws IOException {
        idx("t-images-idx3-ubyte.gz", 0x803, 2, new int[] {1, 3}, 0, 255, 51);

        assertThatThrownBy(() -> rows(directory.resolve("t-images-idx3-ubyte.gz"), null))
                .hasMessage("image 1 of 2 is missing: the file is cut");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a.csv | a,b;1,x | line 2, column b must be a number. Received: x",
                "a.csv | a,b;1,2,3 | line 2 must have 2 columns. Received: 3",
                "a.csv | a,b;1 | line 2 must have 2 columns. Received: 1",
                "a.jsonl | {\"features\": [1, \"x\"]} | line 1: features[1] must be a number. Received: \"x\"",
                "a.jsonl | {\"feature\": [1]} | line 1: features must be a list of numbers. Received: nothing",
                "a.jsonl | {\"features\": [1]} {} | line 1 must be JSON",
                "a.jsonl | {\"features\": [1e39]} | line 1: features[0] must be between -3.4e38 and 3.4e38. Received: ",
                "a.jsonl | {\"features\": [], \"label\": \"UP\"} | line 1: label must be a number, or --classes",
                "a.jsonl | {\"features\": [], \"weight\": -1} | line 1: weight must be >= 0. Received: -1",
                "a.jsonl | {\"features\": [], \"eventTime\": 1.5} | line 1: eventTime must be a time since 1970",
                "a.jsonl | {\"features\": [], \"id\": [1]} | line 1: id must be text or a number. Received: [1]",
                "a.jsonl | nonsense | line 1 must be JSON",
                "a.parquet | x | the name of a data file must end with",
                "a-idx3-ubyte | xxxxxxxxxxxxxxxx | must begin with 0x00000803. Received: 0x78787878",
            })
    void aBadRowIsNamed(String name, String content, String message) throws IOException {
        Path file = text(name, content.replace(';', '\n'));

        assertThatThrownBy(() -> rows(file, null)).hasMessageContaining(message);
    }

    private void idx(String name, int magic, int count, int[] shape, int... bytes) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(content);
        out.writeInt(magic);
        out.writeInt(count);
        for (int size : shape) out.writeInt(size);
        for (int b : bytes) out.writeByte(b);
        try (OutputStream file = new GZIPOutputStream(Files.newOutputStream(directory.resolve(name)))) {
            content.writeTo(file);
        }
    }
}

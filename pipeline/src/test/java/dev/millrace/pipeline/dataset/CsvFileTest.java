package dev.millrace.pipeline.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV as other people's programs write it. */
class CsvFileTest {
    private static final List<String> NONE = List.of();

    @TempDir
    Path directory;

    private List<String> rows(String content, CsvRules rules) throws IOException {
        Path file = Files.writeString(directory.resolve("data.csv"), content, StandardCharsets.UTF_8);
        List<String> rows = new ArrayList<>();
        Example example = new Example();
        try (Examples examples = new DataFile(file, rules, null).open()) {
            while (examples.read(example)) {
                rows.add(Arrays.toString(example.features) + " -> "
                        + Arrays.toString(Arrays.copyOf(example.labels, example.labelCount))
                        + (example.id == null ? "" : " id " + example.id)
                        + (example.eventTime == Example.NO_TIME ? "" : " at " + example.eventTime)
                        + (example.weight == 1 ? "" : " weight " + example.weight));
            }
        }
        return rows;
    }

    private static CsvRules columns(List<String> features, List<String> ignored) {
        return new CsvRules(',', "y", NONE, features, ignored, null, null, null, null);
    }

    private static CsvRules words(String... classes) {
        return new CsvRules(',', "y", List.of(classes), NONE, NONE, null, null, null, null);
    }

    private static CsvRules filled(@Nullable Float empty) {
        return new CsvRules(',', "y", NONE, NONE, NONE, null, null, null, empty);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\r"})
    void everyEndOfLineIsOne(String end) throws IOException {
        assertThat(rows(String.join(end, "x,y", "1,0", "", "2,1"), CsvRules.labeled("y")))
                .containsExactly("[1.0] -> [0.0]", "[2.0] -> [1.0]");
    }

    @Test
    void aByteOrderMarkIsNoPartOfAName() throws IOException {
        assertThat(rows("\uFEFFy,x\n1,0\n", CsvRules.labeled("y"))).containsExactly("[0.0] -> [1.0]");
    }

    @Test
    void quotesHoldCommasQuotesAndEndsOfLine() throws IOException {
        String content = "\"a, \"\"b\"\"\",\"y\",n\n\"1\",0,\"one, \"\"two\"\"\nthree\"\n\"2\",1,x\n";
        CsvRules rules = new CsvRules(',', "y", NONE, List.of("a, \"b\""), NONE, "n", null, null, null);

        assertThat(rows(content, rules))
                .containsExactly("[1.0] -> [0.0] id one, \"two\"\nthree", "[2.0] -> [1.0] id x");
    }

    @ParameterizedTest
    @ValueSource(chars = {';', '\t', '|', ' '})
    void anotherDelimiterSeparates(char delimiter) throws IOException {
        CsvRules rules = new CsvRules(delimiter, "y", NONE, NONE, NONE, null, null, null, null);

        assertThat(rows("x,y\n1,0\n".replace(',', delimiter), rules)).containsExactly("[1.0] -> [0.0]");
    }

    @Test
    void featuresAreInTheOrderTheyAreNamed() throws IOException {
        String content = "a,b,note,y\n1,2,hello,0\n3,4,,1\n";

        assertThat(rows(content, columns(List.of("b", "a"), NONE)))
                .containsExactly("[2.0, 1.0] -> [0.0]", "[4.0, 3.0] -> [1.0]");
        assertThat(rows(content, columns(NONE, List.of("note", "a"))))
                .containsExactly("[2.0] -> [0.0]", "[4.0] -> [1.0]");
    }

    @Test
    void wordsBecomeLabelsInTheOrderTheyAreNamed() throws IOException {
        assertThat(rows("x,y\n1,UP\n2,DOWN\n3,\"UP\"\n", words("DOWN", "UP")))
                .containsExactly("[1.0] -> [1.0]", "[2.0] -> [0.0]", "[3.0] -> [1.0]");
    }

    @Test
    void aWordWithoutClassesIsAnsweredWithTheOptionAndTheWords() {
        assertThatThrownBy(() -> rows("x,y\n1,UP\n2,DOWN\n,UP\n3,FLAT\n", CsvRules.labeled("y")))
                .hasMessage("line 2, column y must be a number, or --classes must say which words are 0, 1, ...; of"
                        + " the 4 rows from here on: --classes UP,DOWN,FLAT. Received: UP");
    }

    @Test
    void idTimeAndWeightComeFromColumns() throws IOException {
        CsvRules rules = new CsvRules(',', "y", NONE, NONE, NONE, "key", "at", "w", null);
        String content = """
                key,at,w,x,y
                k1,1700000000000,0.5,1,0
                2,2023-11-14T22:13:20Z,1,2,1
                3,2023-11-14T23:13:20.5+01:00,0,3,1
                4,2023-11-14 22:13:20,1,4,1
                5,1970-01-02,1,5,1
                """;

        assertThat(rows(content, rules))
                .containsExactly(
                        "[1.0] -> [0.0] id k1 at 1700000000000 weight 0.5",
                        "[2.0] -> [1.0] id 2 at 1700000000000",
                        "[3.0] -> [1.0] id 3 at 1700000000500 weight 0.0",
                        "[4.0] -> [1.0] id 4 at 1700000000000",
                        "[5.0] -> [1.0] id 5 at 86400000");
    }

    @Test
    void emptyCellsAreFilledOnlyOnRequest() throws IOException {
        assertThat(rows("a,b,y\n1, ,0\n\"\",2,1\n", filled(-1f)))
                .containsExactly("[1.0, -1.0] -> [0.0]", "[-1.0, 2.0] -> [1.0]");
        assertThatThrownBy(() -> rows("a,b,y\n1,,0\n", filled(null)))
                .hasMessage("line 2, column b must not be empty (--empty NUMBER fills such cells). Received: nothing");
        assertThatThrownBy(() -> rows("a,b,y\n1,2,\n", filled(-1f)))
                .hasMessage("line 2, column y must not be empty. Received: nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '`',
            value = {
                "x,y;1e39,0 ! line 2, column x must be between -3.4e38 and 3.4e38. Received: 1e39",
                "x,y;NaN,0 ! line 2, column x must be a number. Received: NaN",
                "x,y;0x1p3,0 ! line 2, column x must be a number. Received: 0x1p3",
                "x,y;1,0;1 ! line 3 must have 2 columns. Received: 1",
                "x,y;1,0;1,0,2 ! line 3 must have 2 columns. Received: 3",
                "x,y;\"1;;\",0;2 2,1 ! line 5, column x must be a number. Received: 2 2",
                "x,y;\"1,0 ! Unclosed quoted field at end of input (record starting at line 2)",
                "x,y;\"1\"2,0 ! Unexpected character after closing quote: '2' (0x32) (record starting at line 2)",
                "0.5,1;0.2,0 ! line 1 must hold the names of the columns. Received: 0.5, 1",
                "a,b;1,2 ! --label must be one of the columns a, b. Received: y",
                "y;1 ! one column at least must be a feature. Received: y",
                "x,y,y;1,2,3 ! --label must name one column. Received: y, the name of 2",
                "`` ! a CSV file must begin with a line of column names",
            })
    void aMistakeIsNamed(String content, String message) {
        assertThatThrownBy(() -> rows(content.replace(';', '\n'), CsvRules.labeled("y")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "1,yesterday,1 ! line 2, column at must be a time since 1970, in milliseconds since the epoch or as"
                        + " 2024-05-31T12:00:00Z (ISO-8601; UTC without a zone). Received: yesterday",
                "1,-5,1 ! line 2, column at must be a time since 1970, in milliseconds since the epoch or as"
                        + " 2024-05-31T12:00:00Z (ISO-8601; UTC without a zone). Received: -5",
                "1,5,-1 ! line 2, column w must be >= 0. Received: -1",
                "1,5, ! line 2, column w must not be empty. Received: nothing",
            })
    void aTimeOrWeightThatIsNoneIsNamed(String row, String message) {
        CsvRules rules = new CsvRules(',', null, NONE, NONE, NONE, null, "at", "w", 0f);

        assertThatThrownBy(() -> rows("x,at,w\n" + row + "\n", rules)).hasMessage(message);
    }

    @Test
    void aWordThatIsNoClassIsNamed() {
        assertThatThrownBy(() -> rows("x,y\n1,SIDE\n", words("DOWN", "UP")))
                .hasMessage("line 2, column y must be one of --classes DOWN,UP. Received: SIDE");
    }

    @Test
    void optionsThatContradictEachOtherAreNamed() {
        assertThatThrownBy(() -> columns(List.of("a"), List.of("b"))).hasMessageContaining("must not both be given");
        assertThatThrownBy(() -> rows("a,y\n1,2\n", columns(List.of("a", "y"), NONE)))
                .hasMessage("a column must be named once by all options together. Received: y again by --features");
        assertThatThrownBy(() -> rows("a,y\n1,2\n", columns(NONE, List.of("y"))))
                .hasMessage("a column must be named once by all options together. Received: y again by --ignore");
        assertThatThrownBy(() -> rows("a,y\n1,2\n", words("UP", "UP")))
                .hasMessage("--classes must be different words. Received: [UP, UP]");
    }
}

package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationReferenceTest {
    private static final Path FILE = Path.of("../deploy/CONFIGURATION.md");

    @Test
    void theReferenceInDeployIsWhatTheCodeSays() throws IOException {
        String expected = ConfigurationReference.markdown();
        if (Boolean.getBoolean("millrace.write-reference")) Files.writeString(FILE, expected);

        assertThat(Files.readString(FILE))
                .as("run the command that the file itself names to write it anew")
                .isEqualTo(expected);
    }
}

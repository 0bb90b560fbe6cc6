package dev.millrace.pipeline.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RenewalTest {
    @TempDir
    Path directory;

    /** As a file is that was written for root alone and given to the server's user a little later: its contents stay. */
    @Test
    void aFileThatCannotBeReadAtFirstIsReadOnceItCanBeAlthoughItDoesNotChangeAgain() throws IOException {
        Path key = Files.writeString(directory.resolve("key"), "old");
        AtomicReference<String> used = new AtomicReference<>("old");
        AtomicBoolean allowed = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        try (Renewal renewal = new Renewal()) {
            renewal.watch(List.of(key), () -> {
                looks.incrementAndGet();
                if (!allowed.get()) throw new AccessDeniedException(key.toString());
                used.set(Files.readString(key));
            });
            renewal.start();
            Files.writeString(key, "a new one");
            await().until(() -> looks.get() > 0);
            assertThat(used).hasValue("old");

            allowed.set(true);
            await().untilAsserted(() -> assertThat(used).hasValue("a new one"));
        }
    }
}

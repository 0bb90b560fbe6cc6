package dev.millrace.pipeline.counting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.model.client.ServedModel;
import dev.millrace.model.client.SnapshotClient;
import dev.millrace.model.client.SnapshotListener;
import dev.millrace.model.client.SnapshotSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What a service came by that follows a model: its client checks each version as a whole (SHA-256, layout, every parameter finite)
 * before it serves.
 *
 * @param who in words
 * @param contents SHA-256 by version, one for all services
 * @param versions in the order in which they served
 * @param refused what was no whole version, or one with two contents
 */
record VersionsSeen(String who, Map<Long, String> contents, List<Long> versions, List<String> refused)
        implements SnapshotListener {
    VersionsSeen(String who, Map<Long, String> contents) {
        this(
                who,
                contents,
                Collections.synchronizedList(new ArrayList<>()),
                Collections.synchronizedList(new ArrayList<>()));
    }

    @Override
    public void loaded(ServedModel model) {
        versions.add(model.version());
        String sha256 = model.manifest().sha256();
        String known = contents.putIfAbsent(model.version(), sha256);
        if (known != null && !known.equals(sha256)) refused(model.version() + "", "it has two contents");
    }

    @Override
    public void refused(String version, String reason) {
        refused.add(who + " refused " + version + ": " + reason);
    }

    SnapshotClient follow(SnapshotSource source) {
        return SnapshotClient.of(source)
                .pollingEvery(Duration.ofMillis(20))
                .telling(this)
                .start();
    }

    void assertRiseAndNoneWasRefused() {
        assertThat(refused).isEmpty();
        assertThat(versions).as(who).isSorted().doesNotHaveDuplicates();
    }
}

package dev.millrace.model.client.kafka;

import dev.millrace.schemas.ModelManifest;
import dev.millrace.schemas.ModelSnapshotPart;
import dev.millrace.schemas.wire.AvroFraming;

/** Under which keys snapshots lie in their topics, and what the values are. */
public final class SnapshotKeys {
    private SnapshotKeys() {}

    /** {@code model/version/part}. */
    public static String part(String model, long version, int part) {
        return model + "/" + version + "/" + part;
    }

    /** {@code model/version/manifest}. */
    public static String manifest(String model, long version) {
        return model + "/" + version + "/manifest";
    }

    /** {@code model/live/part}: a part takes the place of the one before. */
    public static String livePart(String model, int part) {
        return model + "/live/" + part;
    }

    /** {@code model/live/manifest}, which comes behind its parts. */
    public static String liveManifest(String model) {
        return model + "/live/manifest";
    }

    /** Values of parts. */
    public static AvroFraming<ModelSnapshotPart> partFraming() {
        return new AvroFraming<>(ModelSnapshotPart.class);
    }

    /** Values of manifests, in both topics. */
    public static AvroFraming<ModelManifest> manifestFraming() {
        return new AvroFraming<>(ModelManifest.class);
    }
}

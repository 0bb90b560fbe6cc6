package dev.millrace.model.format;

import dev.millrace.model.feature.FeatureMapping;
import dev.millrace.model.snapshot.SnapshotManifest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a snapshot says of itself, as texts among the metadata of other formats. */
final class SnapshotMetadata {
    private SnapshotMetadata() {}

    /** Its provenance is under {@code provenance.<name>}; {@code features} and {@code classes} are JSON. */
    static Map<String, String> of(SnapshotManifest manifest) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("model", manifest.model());
        metadata.put("version", Long.toString(manifest.version()));
        metadata.put("created", Long.toString(manifest.created()));
        metadata.put("sha256", manifest.sha256());
        metadata.put("spec", manifest.spec());
        manifest.provenance().forEach((name, value) -> metadata.put("provenance." + name, value));
        FeatureMapping mapping = manifest.featureMapping();
        String features = manifest.features();
        if (mapping == null || features == null) return metadata;
        metadata.put("features", features);
        List<String> classes = mapping.spec().classes();
        if (!classes.isEmpty()) metadata.put("classes", Json.text(classes));
        return metadata;
    }
}

package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which layer of a file is which of a model: those of the same names, if the file has all names and no others; else, kind by
 * kind, the first is the first. Where the file does not say the kinds, layers go in their order.
 */
final class LayerMatch {
    private final ModelLayers model;
    private final List<FileLayer> file;
    private final FileLayout layout;

    LayerMatch(ModelLayers model, List<FileLayer> file, FileLayout layout) {
        this.model = model;
        this.file = file;
        this.layout = layout;
    }

    /** @throws SnapshotException naming the layers of both if they are others */
    Map<ModelLayers.Entry, FileLayer> pairs() {
        if (file.size() != model.entries().size()) throw others("of another number of layers");
        Map<ModelLayers.Entry, FileLayer> pairs = byName();
        if (pairs.size() == file.size()) return pairs;
        if (model.isBranched()) throw others("of other names, and branches are told apart by nothing else");
        return byOrder();
    }

    private Map<ModelLayers.Entry, FileLayer> byName() {
        Map<String, FileLayer> named = new HashMap<>();
        for (FileLayer layer : file) named.put(layer.name(), layer);
        Map<ModelLayers.Entry, FileLayer> pairs = new LinkedHashMap<>();
        for (ModelLayers.Entry entry : model.entries()) {
            FileLayer same = named.get(entry.name());
            if (same == null || !fits(entry, same)) continue;
            pairs.put(entry, same);
        }
        return pairs;
    }

    private boolean fits(ModelLayers.Entry entry, FileLayer layer) {
        return layer.kind() == null || layer.kind().equals(layout.kind(entry.placed()));
    }

    private Map<ModelLayers.Entry, FileLayer> byOrder() {
        boolean knowsKinds = file.stream().allMatch(layer -> layer.kind() != null);
        Map<String, List<FileLayer>> waiting = new TreeMap<>();
        for (FileLayer layer : file) {
            waiting.computeIfAbsent(knowsKinds ? layer.kind() : "", kind -> new ArrayList<>())
                    .add(layer);
        }
        Map<ModelLayers.Entry, FileLayer> pairs = new LinkedHashMap<>();
        for (ModelLayers.Entry entry : model.entries()) {
            String kind = knowsKinds ? layout.kind(entry.placed()) : "";
            List<FileLayer> candidates = waiting.getOrDefault(kind, List.of());
            if (candidates.isEmpty()) throw others("of other kinds");
            pairs.put(entry, candidates.remove(0));
        }
        return pairs;
    }

    private SnapshotException others(String how) {
        String ours = model.entries().stream()
                .map(entry -> entry.name() + ", " + entry.kind() + " (" + blocks(entry) + ")")
                .collect(Collectors.joining("; "));
        String theirs = file.stream().map(FileLayer::toString).collect(Collectors.joining("; "));
        return new SnapshotException(
                "the file's layers are " + how + ". The model's: " + ours + ". Received: " + theirs);
    }

    private static String blocks(ModelLayers.Entry entry) {
        List<String> words = new ArrayList<>();
        entry.placed().parameters().forEach(block -> words.add(block.name() + " " + block.shape()));
        entry.placed().tables().forEach(block -> words.add(block.name() + " " + block.shape()));
        return String.join(", ", words);
    }
}

package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.Conv2dSpec;
import dev.millrace.model.spec.DenseSpec;
import dev.millrace.model.spec.DepthwiseConv2dSpec;
import dev.millrace.model.spec.EmbeddingBagSpec;
import dev.millrace.model.spec.EmbeddingSpec;
import dev.millrace.model.spec.LayerNormalizationSpec;
import dev.millrace.model.spec.LayerSpec;
import dev.millrace.model.spec.LstmSpec;
import dev.millrace.model.spec.NormalizationSpec;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.SelfAttentionSpec;
import java.util.ArrayList;
import java.util.List;

/** Keras' layers: matrices are [inputs, units]; all else lies as here. */
final class KerasLayout implements FileLayout {
    @Override
    public String format() {
        return "Keras";
    }

    @Override
    public String kind(PlacedLayer placed) {
        LayerSpec layer = placed.layer();
        if (layer instanceof SelfAttentionSpec) return "multi_head_attention";
        if (layer instanceof EmbeddingBagSpec) return "embedding";
        if (layer instanceof DenseSpec
                || layer instanceof Conv2dSpec
                || layer instanceof DepthwiseConv2dSpec
                || layer instanceof LayerNormalizationSpec
                || layer instanceof NormalizationSpec
                || layer instanceof EmbeddingSpec
                || layer instanceof LstmSpec) {
            return ModelLayers.kind(layer);
        }
        throw new SnapshotException(
                "layer " + layer.name() + ", " + ModelLayers.kind(layer) + ", has no equivalent in Keras");
    }

    @Override
    public List<Wanted> tensors(PlacedLayer placed) {
        LayerSpec layer = placed.layer();
        if (layer instanceof DenseSpec dense) return dense(placed, dense);
        if (layer instanceof LstmSpec lstm) return lstm(placed, lstm);
        if (layer instanceof SelfAttentionSpec attention) return attention(placed, attention);
        if (layer instanceof NormalizationSpec) return normalization(placed);
        String unused = kind(placed);
        List<Wanted> wanted = new ArrayList<>();
        for (ParameterBlock block : placed.parameters()) wanted.add(same(block));
        for (ParameterBlock block : placed.tables()) wanted.add(same(block));
        return wanted;
    }

    private static Wanted same(ParameterBlock block) {
        return Wanted.same(word(block), block.shape(), block.offset());
    }

    private static String word(ParameterBlock block) {
        return block.name().substring(block.name().lastIndexOf('/') + 1);
    }

    private static List<Wanted> dense(PlacedLayer placed, DenseSpec dense) {
        return List.of(
                Wanted.transposed("kernel", placed.input().size(), dense.units(), placed.offset()),
                same(placed.parameters().get(1)));
    }

    private static List<Wanted> lstm(PlacedLayer placed, LstmSpec lstm) {
        List<ParameterBlock> blocks = placed.parameters();
        return List.of(
                Wanted.transposed(
                        "kernel",
                        placed.input().channels(),
                        lstm.gates(),
                        blocks.get(0).offset()),
                Wanted.transposed(
                        "recurrent_kernel",
                        lstm.units(),
                        lstm.gates(),
                        blocks.get(1).offset()),
                same(blocks.get(2)));
    }

    /** The count comes without extents. */
    private static List<Wanted> normalization(PlacedLayer placed) {
        List<ParameterBlock> blocks = placed.parameters();
        return List.of(
                same(blocks.get(0)),
                same(blocks.get(1)),
                Wanted.same("count", List.of(), blocks.get(2).offset()));
    }

    /** Kernel and bias of queries, keys and values, each [features, heads, keyDim], and of the output. */
    private static List<Wanted> attention(PlacedLayer placed, SelfAttentionSpec spec) {
        List<ParameterBlock> blocks = placed.parameters();
        int features = placed.input().channels();
        int width = spec.width();
        List<Integer> kernel = List.of(features, spec.numHeads(), spec.keyDim());
        List<Wanted> wanted = new ArrayList<>();
        List<String> parts = List.of("query", "key", "value");
        for (int i = 0; i < parts.size(); i++) {
            int at = blocks.get(0).offset() + i * width * features;
            wanted.add(Wanted.of(
                    parts.get(i) + "/kernel",
                    kernel,
                    at,
                    values -> Axes.moved(values, List.of(features, width), 1, 0)));
            wanted.add(Wanted.same(
                    parts.get(i) + "/bias",
                    List.of(spec.numHeads(), spec.keyDim()),
                    blocks.get(1).offset() + i * width));
        }
        wanted.add(Wanted.of(
                "attention_output/kernel",
                List.of(spec.numHeads(), spec.keyDim(), features),
                blocks.get(2).offset(),
                values -> Axes.moved(values, List.of(width, features), 1, 0)));
        wanted.add(Wanted.same(
                "attention_output/bias", List.of(features), blocks.get(3).offset()));
        return wanted;
    }
}

package dev.millrace.model.format;

import dev.millrace.model.snapshot.Safetensors;
import dev.millrace.model.snapshot.SnapshotException;
import dev.millrace.model.spec.ModelSpec;
import dev.millrace.model.spec.NormalizationSpec;
import dev.millrace.model.spec.ParameterBlock;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parameters for a model from a file of another program. The file's name says what it is; nothing but tensors is taken from it. */
public final class ParameterFiles {
    private static final Logger LOG = LoggerFactory.getLogger(ParameterFiles.class);

    private ParameterFiles() {}

    /**
     * Reads {@code .h5}, {@code .hdf5}, {@code .keras} or {@code .onnx}, else safetensors.
     *
     * @return in the layout of the model
     * @throws SnapshotException naming the model's layer, the shapes of both and the file's tensor if they do not fit; or a tensor
     *     that is not finite
     */
    public static float[] read(Path file, ModelSpec spec) throws IOException {
        float[] parameters = unchecked(file, spec);
        for (ParameterBlock block : spec.layout().blocks()) {
            for (int i = block.offset(); i < block.offset() + block.size(); i++) {
                if (Float.isFinite(parameters[i])) continue;
                throw new SnapshotException("tensor " + block.name() + " must be finite. Received: " + parameters[i]
                        + " at " + (i - block.offset()));
            }
        }
        return parameters;
    }

    private static float[] unchecked(Path file, ModelSpec spec) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".h5") || name.endsWith(".hdf5")) {
            if (!Files.isReadable(file)) throw new SnapshotException("there is no such file");
            return KerasFile.hdf5(file, layers -> keras(spec, layers));
        }
        if (name.endsWith(".keras")) return KerasFile.archive(file, layers -> keras(spec, layers));
        if (name.endsWith(".onnx")) {
            ModelLayers model = new ModelLayers(spec);
            return copied(spec, model, new OnnxFile(file).layers(model), new OnnxLayout());
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return Safetensors.readByName(spec.layout(), in);
        }
    }

    /** Keras 3 counts no samples, and with too few of them a normalization would pass zeros. */
    private static float[] keras(ModelSpec spec, List<FileLayer> layers) {
        ModelLayers model = new ModelLayers(spec);
        float[] parameters = copied(spec, model, layers, new KerasLayout());
        for (ModelLayers.Entry entry : model.entries()) {
            if (!(entry.placed().layer() instanceof NormalizationSpec)) continue;
            ParameterBlock count = entry.placed().parameters().get(2);
            if (parameters[count.offset()] >= NormalizationSpec.FEWEST_SAMPLES) continue;
            LOG.info(
                    "{} has moments of {} samples, which count as {}",
                    entry.name(),
                    parameters[count.offset()],
                    NormalizationSpec.FEWEST_SAMPLES);
            parameters[count.offset()] = NormalizationSpec.FEWEST_SAMPLES;
        }
        return parameters;
    }

    private static float[] copied(ModelSpec spec, ModelLayers model, List<FileLayer> layers, FileLayout layout) {
        float[] parameters = new float[spec.layout().size()];
        LayerCopy copy = new LayerCopy(layout);
        new LayerMatch(model, layers, layout).pairs().forEach((entry, layer) -> {
            copy.copy(entry, layer, parameters);
            LOG.info("{} begins with {}", entry.name(), layer);
        });
        return parameters;
    }
}

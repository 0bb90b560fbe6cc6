package dev.millrace.model.format;

import dev.millrace.model.snapshot.SnapshotException;
import io.jhdf.HdfFile;
import io.jhdf.api.Group;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Files of Keras: {@code .h5}, {@code .weights.h5} and {@code .keras}. */
final class KerasFile {
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";
    private static final int LARGEST_CONFIG = 64 << 20;

    private KerasFile() {}

    /**
     * Reads an HDF5 file.
     *
     * @param use what becomes of its layers, while the file is open
     * @throws SnapshotException if it is none, or of no layout of Keras
     */
    static <T> T hdf5(Path file, Function<List<FileLayer>, T> use) {
        return hdf5(file, null, use);
    }

    private static <T> T hdf5(Path file, @Nullable KerasConfig config, Function<List<FileLayer>, T> use) {
        try (HdfFile root = new HdfFile(file)) {
            return use.apply(layers(root, config));
        } catch (SnapshotException e) {
            throw e;
        } catch (RuntimeException e) { // whatever damaged bytes lead the library to
            throw new SnapshotException("it cannot be read as HDF5: " + e, e);
        }
    }

    private static List<FileLayer> layers(Group root, @Nullable KerasConfig config) {
        Group legacy = KerasLegacy.layers(root);
        if (legacy != null) {
            String own = Hdf5.text(root, "model_config");
            return KerasLegacy.read(legacy, own == null ? config : new KerasConfig(own));
        }
        Group store = KerasStore.layers(root);
        if (store != null) return KerasStore.read(store);
        throw new SnapshotException(
                "a Keras file has model_weights or layer_names, or a group layers. Received: groups "
                        + root.getChildren().keySet());
    }

    /**
     * Reads a {@code .keras} file: a zip of {@code config.json} and {@code model.weights.h5}.
     *
     * @throws SnapshotException if it is anything else
     */
    static <T> T archive(Path file, Function<List<FileLayer>, T> use) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            ZipEntry config = zip.getEntry(CONFIG);
            ZipEntry weights = zip.getEntry(WEIGHTS);
            if (config == null || weights == null) {
                throw new SnapshotException("a .keras file has " + CONFIG + " and " + WEIGHTS + ". Received: "
                        + zip.stream().limit(20).map(ZipEntry::getName).toList());
            }
            KerasConfig read = new KerasConfig(text(zip, config));
            Path unpacked = Files.createTempFile("millrace", ".h5");
            try (InputStream in = zip.getInputStream(weights)) {
                Files.copy(in, unpacked, StandardCopyOption.REPLACE_EXISTING);
                return hdf5(unpacked, read, use);
            } finally {
                Files.delete(unpacked);
            }
        }
    }

    private static String text(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(LARGEST_CONFIG + 1);
            if (bytes.length > LARGEST_CONFIG) {
                throw new SnapshotException(CONFIG + " must have at most " + LARGEST_CONFIG + " bytes. Received: more");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}

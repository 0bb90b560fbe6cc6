package dev.millrace.model.engine.cuda.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code torch_loop.py} measured on the same device: lines of model, batch, loop and samples per second. */
final class TorchRates {
    private final Map<String, Double> rates = new HashMap<>();

    private TorchRates() {}

    /** @param file null if there is none */
    static TorchRates read(@Nullable Path file) throws IOException {
        TorchRates read = new TorchRates();
        if (file == null || !Files.exists(file)) return read;
        for (String line : Files.readAllLines(file)) {
            String[] words = line.trim().split("\\s+", -1);
            if (words.length == 4) read.rates.put(key(words[0], words[1], words[2]), Double.valueOf(words[3]));
        }
        return read;
    }

    private static String key(String model, String batch, String loop) {
        return model + " " + batch + " " + loop;
    }

    boolean isEmpty() {
        return rates.isEmpty();
    }

    /** Samples per second; NaN if that was not measured. */
    double rate(String model, int batch, String loop) {
        return rates.getOrDefault(key(model, Integer.toString(batch), loop), Double.NaN);
    }
}

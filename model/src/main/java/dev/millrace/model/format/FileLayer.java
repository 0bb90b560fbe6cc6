package dev.millrace.model.format;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer of a file, with those tensors that were learnt.
 *
 * @param name as the file has it
 * @param kind in the words of Keras' layers; null if the file does not say
 * @param tensors in the file's layout and order
 * @param order of the values that enter it
 */
record FileLayer(String name, @Nullable String kind, List<FileTensor> tensors, Order order) {
    /** How the pixels of an image lie in the flat sample that enters a layer. */
    enum Order {
        /** No image enters it, or the file does not say. */
        ANY,
        /** Channel by channel. */
        CHANNELS_FIRST,
        /** Pixel by pixel, as here. */
        CHANNELS_LAST
    }

    FileLayer {
        tensors = List.copyOf(tensors);
    }

    FileLayer(String name, @Nullable String kind, List<FileTensor> tensors) {
        this(name, kind, tensors, Order.ANY);
    }

    /** {@code dense (dense/kernel [784, 10], dense/bias [10])}. */
    @Override
    public String toString() {
        String of = kind == null || kind.equals(name) ? name : name + ", " + kind;
        List<String> words = tensors.stream().map(FileTensor::toString).toList();
        return of + " (" + String.join(", ", words) + ")";
    }
}

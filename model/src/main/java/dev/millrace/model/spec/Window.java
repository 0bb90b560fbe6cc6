package dev.millrace.model.spec;

import java.util.List;
import java.util.Map;

/**
 * A rectangle that slides over an image: a convolution's kernel, a pool.
 *
 * @param height pixels
 * @param width pixels
 * @param rowStride pixels from one position to that below
 * @param columnStride pixels from one position to the next
 */
public record Window(int height, int width, int rowStride, int columnStride, Padding padding) {
    public Window {
        if (height < 1 || width < 1 || rowStride < 1 || columnStride < 1) {
            throw new IllegalArgumentException("a window's height, width and strides must be >= 1. Received: " + height
                    + ", " + width + ", " + rowStride + ", " + columnStride);
        }
    }

    /**
     * The image of all its positions.
     *
     * @param layer whose window it is, for messages
     * @param called the window's name in a specification, for messages
     * @param channels of the image that leaves
     * @throws IllegalArgumentException naming the layer and both shapes if the input is flat or smaller than the window
     */
    Shape positions(String layer, String called, Shape input, int channels) {
        requireImage(layer, input);
        if (padding == Padding.VALID && (height > input.height() || width > input.width())) {
            throw new IllegalArgumentException(layer + ": " + called + " " + size() + " must fit into the image"
                    + " without padding. Received an image of " + input);
        }
        return Shape.image(
                padding.positions(input.height(), height, rowStride),
                padding.positions(input.width(), width, columnStride),
                channels);
    }

    /** @throws IllegalArgumentException naming the layer and both shapes if the input is flat */
    static void requireImage(String layer, Shape input) {
        if (!input.isFlat()) return;
        throw new IllegalArgumentException(layer + " takes an image, [height, width, channels]. Received: " + input
                + "; model.inputs may be such a list");
    }

    /** Rows of zeros above the image. */
    public int above(Shape image) {
        return padding.before(image.height(), height, rowStride);
    }

    /** Columns of zeros to the left of the image. */
    public int leftOf(Shape image) {
        return padding.before(image.width(), width, columnStride);
    }

    /** Adds it to a layer's settings. */
    void addTo(Map<String, Object> settings, String called) {
        settings.put(called, size());
        settings.put("strides", List.of(rowStride, columnStride));
        settings.put("padding", padding.word());
    }

    /** For people: 3 x 3. */
    String text() {
        return height + " x " + width;
    }

    /** [height, width]. */
    private List<Integer> size() {
        return List.of(height, width);
    }
}

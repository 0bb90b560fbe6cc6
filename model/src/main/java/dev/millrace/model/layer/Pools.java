package dev.millrace.model.layer;

import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.Window;

/**
 * Where the pools of an image lie, in values from its first.
 *
 * @param corners of each pool its first pixel, in the order of the outputs
 * @param across pools side by side
 * @param offsets of a pool's pixels from that one, in the order of rows and columns
 * @param channels of each pixel
 * @param imageSize values of an image
 */
record Pools(int[] corners, int across, int[] offsets, int channels, int imageSize) {

    /** @param positions of the window, as an image */
    static Pools of(Shape image, Window window, Shape positions) {
        int channels = image.channels();
        int[] corners = new int[positions.height() * positions.width()];
        for (int y = 0; y < positions.height(); y++) {
            for (int x = 0; x < positions.width(); x++) {
                int pixel = y * window.rowStride() * image.width() + x * window.columnStride();
                corners[y * positions.width() + x] = pixel * channels;
            }
        }
        int[] offsets = new int[window.height() * window.width()];
        for (int y = 0; y < window.height(); y++) {
            for (int x = 0; x < window.width(); x++) {
                offsets[y * window.width() + x] = (y * image.width() + x) * channels;
            }
        }
        return new Pools(corners, positions.width(), offsets, channels, image.size());
    }

    /** One pool, the whole image. */
    static Pools global(Shape image) {
        int[] offsets = new int[image.height() * image.width()];
        for (int pixel = 0; pixel < offsets.length; pixel++) offsets[pixel] = pixel * image.channels();
        return new Pools(new int[1], 1, offsets, image.channels(), image.size());
    }

    /** Outputs of an image. */
    int units() {
        return corners.length * channels;
    }
}

package dev.millrace.model.engine.cuda.device;

/**
 * A convolution of images by windows, without how many images.
 *
 * @param height of an image, pixels; width, channels likewise
 * @param windowHeight pixels
 * @param rowStride pixels from one position to that below
 * @param top rows of zeros above an image, and as many below
 * @param left columns of zeros on either side
 * @param down positions one below the other
 * @param across positions side by side
 * @param filters values at a position
 */
public record ConvolutionShape(
        int height,
        int width,
        int channels,
        int windowHeight,
        int windowWidth,
        int rowStride,
        int columnStride,
        int top,
        int left,
        int down,
        int across,
        int filters) {

    /** Values of what a window shows. */
    public int field() {
        return windowHeight * windowWidth * channels;
    }
}

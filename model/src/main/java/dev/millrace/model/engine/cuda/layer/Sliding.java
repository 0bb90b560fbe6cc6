package dev.millrace.model.engine.cuda.layer;

import dev.millrace.model.engine.cuda.device.ConvolutionShape;
import dev.millrace.model.engine.cuda.device.Launch;
import dev.millrace.model.spec.Padding;
import dev.millrace.model.spec.PlacedLayer;
import dev.millrace.model.spec.Shape;
import dev.millrace.model.spec.Window;

/** A window over an image and its positions, as the kernels take them. */
record Sliding(Shape image, Window window, Shape positions) {

    /** One position that shows the whole image. */
    static Sliding global(Shape image) {
        Window whole = new Window(image.height(), image.width(), 1, 1, Padding.VALID);
        return new Sliding(image, whole, Shape.image(1, 1, image.channels()));
    }

    /** That of a layer. */
    static Sliding of(PlacedLayer placed, Window window) {
        return new Sliding(placed.input(), window, placed.output());
    }

    /** Whether there are as many zeros behind the image as before it. */
    boolean isSymmetric() {
        int covered = (positions.height() - 1) * window.rowStride() + window.height();
        int reached = (positions.width() - 1) * window.columnStride() + window.width();
        int above = window.above(image);
        int left = window.leftOf(image);
        return Math.max(covered - above - image.height(), 0) == above
                && Math.max(reached - left - image.width(), 0) == left;
    }

    /** As cuDNN takes it, if it {@link #isSymmetric}. */
    ConvolutionShape shape() {
        return new ConvolutionShape(
                image.height(),
                image.width(),
                image.channels(),
                window.height(),
                window.width(),
                window.rowStride(),
                window.columnStride(),
                window.above(image),
                window.leftOf(image),
                positions.height(),
                positions.width(),
                positions.channels());
    }

    /** Values of an image. */
    int imageSize() {
        return image.size();
    }

    /** How many positions there are. */
    int count() {
        return positions.height() * positions.width();
    }

    /** Values of what the window shows. */
    int field() {
        return window.height() * window.width() * image.channels();
    }

    /** Appends itself to the arguments of a kernel. */
    Launch to(Launch launch) {
        return launch.integer(image.height())
                .integer(image.width())
                .integer(image.channels())
                .integer(window.height())
                .integer(window.width())
                .integer(window.rowStride())
                .integer(window.columnStride())
                .integer(window.above(image))
                .integer(window.leftOf(image))
                .integer(positions.height())
                .integer(positions.width());
    }
}

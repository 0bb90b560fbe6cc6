package dev.millrace.model.spec;

import java.util.List;

/**
 * Extents of one sample on its way through the layers: {@code [features]}, {@code [steps, features]} of a sequence, or
 * {@code [height, width, channels]} of an image. All are row-major, the channels of a pixel side by side (NHWC), as are the
 * features of a step: the same floats as the flat sample of as many features, so nothing moves when one becomes the other.
 * A sequence is an image one pixel wide.
 */
public record Shape(List<Integer> extents) {

    /** @throws IllegalArgumentException unless there are one to three extents, each >= 1, with at most 2^31-1 values */
    public Shape {
        extents = List.copyOf(extents);
        if (extents.isEmpty() || extents.size() > 3) {
            throw new IllegalArgumentException(
                    "a shape must be [features], [steps, features] or [height, width, channels]. Received: " + extents);
        }
        double values = 1;
        for (int extent : extents) {
            if (extent < 1) throw new IllegalArgumentException("extents must be >= 1. Received: " + extents);
            values *= extent;
        }
        if (values > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a shape must have at most " + Integer.MAX_VALUE + " values. Received: " + extents);
        }
    }

    /** {@code [features]}. */
    public static Shape flat(int features) {
        return new Shape(List.of(features));
    }

    /** {@code [steps, features]}. */
    public static Shape sequence(int steps, int features) {
        return new Shape(List.of(steps, features));
    }

    /** {@code [height, width, channels]}. */
    public static Shape image(int height, int width, int channels) {
        return new Shape(List.of(height, width, channels));
    }

    public boolean isFlat() {
        return extents.size() == 1;
    }

    /** Whether it is one step behind the other. */
    public boolean isSequence() {
        return !isFlat() && width() == 1;
    }

    /** Values of one sample. */
    public int size() {
        int size = 1;
        for (int extent : extents) size *= extent;
        return size;
    }

    /** Rows of pixels, or steps; not of a flat sample. */
    public int height() {
        return extents.get(0);
    }

    /** Pixels of a row, 1 of a sequence; not of a flat sample. */
    public int width() {
        return extents.size() == 3 ? extents.get(1) : 1;
    }

    /** The last extent: values of one pixel or step, or all of a flat sample. */
    public int channels() {
        return extents.get(extents.size() - 1);
    }

    /** {@code [28, 28, 1]}. */
    @Override
    public String toString() {
        return extents.toString();
    }
}

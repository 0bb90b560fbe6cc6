package dev.millrace.model.format;

import dev.millrace.model.spec.Shape;

/**
 * What flows along an edge of an ONNX graph: [batch, features], [batch, steps, features] or [batch, height, width, channels].
 *
 * @param name of the edge
 * @param shape of one sample, as the model has it
 * @param channelsFirst whether an image lies as [batch, channels, height, width], as ONNX's convolutions and pools have it
 */
record OnnxValue(String name, Shape shape, boolean channelsFirst) {
    /** In the order of this project's layers. */
    static OnnxValue of(String name, Shape shape) {
        return new OnnxValue(name, shape, false);
    }
}

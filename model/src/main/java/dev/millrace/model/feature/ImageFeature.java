package dev.millrace.model.feature;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.avro.Schema;

/**
 * Pixels of an image, {@code scale * u8}, in the order row, column, channel.
 *
 * @param encoded whether the bytes are a PNG or JPEG file, else the pixels themselves
 * @param height rows, exactly: images are not resized
 * @param channels 1 for gray, 3 for red, green, blue
 */
public record ImageFeature(String field, boolean encoded, int height, int columns, int channels, double scale)
        implements Feature {

    @Override
    public int width() {
        return height * columns * channels;
    }

    @Override
    public List<String> fields() {
        return List.of(field);
    }

    @Override
    public String name(int index) {
        int pixel = index / channels;
        return field + "[" + pixel / columns + "," + pixel % columns + "," + index % channels + "]";
    }

    @Override
    public String transform() {
        return (encoded ? "encoded" : "raw") + " image " + height + " x " + columns + " x " + channels + ", times "
                + scale;
    }

    @Override
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("field", field);
        tree.put("format", encoded ? "encoded" : "raw");
        tree.put("shape", List.of(height, columns, channels));
        tree.put("scale", scale);
        return Map.of("image", tree);
    }

    @Override
    public FeatureWriter compile(Function<String, FieldReader> fields) {
        FieldReader reader = fields.apply(field);
        Schema.Type type = reader.schema().getType();
        if (type != Schema.Type.BYTES && type != Schema.Type.FIXED) throw Values.wrongType(reader, "bytes");
        float factor = (float) scale;
        return (record, into, at) -> {
            Object value = reader.read(record);
            if (value == null) throw UnmappableException.missing(field);
            ByteBuffer bytes = Values.bytes(value);
            if (encoded) {
                new EncodedImage(field, height, columns, channels).read(bytes, factor, into, at);
                return;
            }
            if (bytes.remaining() != width()) {
                throw UnmappableException.feature(field + " must have " + width() + " bytes for " + height + " x "
                        + columns + " x " + channels + " pixels. Received: " + bytes.remaining());
            }
            int from = bytes.position();
            for (int i = 0; i < width(); i++) into[at + i] = (bytes.get(from + i) & 0xff) * factor;
        };
    }
}

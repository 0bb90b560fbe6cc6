package dev.millrace.model.snapshot;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.model.spec.ParameterBlock;
import dev.millrace.model.spec.ParameterLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Parameters as a safetensors file, which Python, Rust and JavaScript tools read: header length (u64, little-endian),
 * JSON header {name: {dtype, shape, data_offsets}}, raw values. The data are the flat vector as it is.
 */
public final class Safetensors {
    /** Readers cap the header here. */
    private static final long MAX_HEADER = 100L << 20;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();
    private static final String METADATA = "__metadata__";

    private record Tensor(String dtype, List<Integer> shape, List<Long> data_offsets) {}

    private Safetensors() {}

    /** Writes one tensor per block of the layout. */
    public static void write(ParameterLayout layout, float[] parameters, Map<String, String> metadata, OutputStream out)
            throws IOException {
        if (parameters.length != layout.size()) {
            throw new IllegalArgumentException(
                    "the layout has " + layout.size() + " parameters. Received: " + parameters.length);
        }
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(METADATA, metadata);
        for (ParameterBlock block : layout.blocks()) {
            long begin = (long) block.offset() * Float.BYTES;
            long end = begin + (long) block.size() * Float.BYTES;
            header.put(block.name(), new Tensor("F32", block.shape(), List.of(begin, end)));
        }
        byte[] json = padded(JSON.writeValueAsBytes(header));
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .array());
        out.write(json);
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        int perWrite = buffer.capacity() / Float.BYTES;
        for (int from = 0; from < parameters.length; from += perWrite) {
            int length = Math.min(perWrite, parameters.length - from);
            buffer.asFloatBuffer().put(parameters, from, length);
            out.write(buffer.array(), 0, length * Float.BYTES);
        }
    }

    /** Blanks at the end, so that the data begin at a multiple of 8. */
    private static byte[] padded(byte[] json) {
        byte[] padded = new byte[(json.length + 7) / 8 * 8];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(json, 0, padded, 0, json.length);
        return padded;
    }

    /**
     * Reads a file whose tensors are exactly those of a layout.
     *
     * @throws SnapshotException if it is anything else
     */
    public static float[] read(ParameterLayout layout, InputStream in) throws IOException {
        Map<String, @Nullable Tensor> header = header(in, layout);
        for (ParameterBlock block : layout.blocks()) check(block, header.get(block.name()));
        float[] parameters = new float[layout.size()];
        fill(parameters, 0, parameters.length, in);
        if (in.read() >= 0) throw new SnapshotException("safetensors file goes on after its last tensor");
        return parameters;
    }

    /**
     * Reads a file that has the tensors of a layout in any order, as other programs write them: the same names, float32 and
     * shapes.
     *
     * @throws SnapshotException if one lacks, is another, or there are others
     */
    public static float[] readByName(ParameterLayout layout, InputStream in) throws IOException {
        Map<String, @Nullable Tensor> header = header(in, layout);
        TreeMap<Long, ParameterBlock> inOrder = new TreeMap<>();
        for (ParameterBlock block : layout.blocks()) {
            Tensor tensor = header.get(block.name());
            if (tensor == null
                    || !tensor.dtype.equals("F32")
                    || !tensor.shape.equals(block.shape())
                    || tensor.data_offsets.size() != 2) {
                throw new SnapshotException(
                        "tensor " + block.name() + " must be F32 of shape " + block.shape() + ". Received: " + tensor);
            }
            inOrder.put(tensor.data_offsets.get(0), block);
        }
        float[] parameters = new float[layout.size()];
        long at = 0;
        for (Map.Entry<Long, ParameterBlock> next : inOrder.entrySet()) {
            ParameterBlock block = next.getValue();
            if (next.getKey() != at) {
                throw new SnapshotException("tensor " + block.name() + " must begin at byte " + at
                        + " of the data, behind the one before. Received: " + next.getKey());
            }
            fill(parameters, block.offset(), block.size(), in);
            at += (long) block.size() * Float.BYTES;
        }
        return parameters;
    }

    private static Map<String, @Nullable Tensor> header(InputStream in, ParameterLayout layout) throws IOException {
        byte[] first = in.readNBytes(Long.BYTES);
        if (first.length < Long.BYTES) {
            throw new SnapshotException(
                    "safetensors file must begin with 8 bytes of header length. Received: " + first.length);
        }
        long length = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > MAX_HEADER) {
            throw new SnapshotException(
                    "safetensors header must have 2.." + MAX_HEADER + " bytes. Received: " + length);
        }
        byte[] json = in.readNBytes((int) length);
        if (json.length < length) {
            throw new SnapshotException(
                    "safetensors file ends in its header: " + length + " bytes announced. Received: " + json.length);
        }
        Map<String, @Nullable Tensor> header = header(json);
        if (header.size() != layout.blocks().size()) {
            throw new SnapshotException(
                    "the model has " + layout.blocks().size() + " tensors. Received: " + header.keySet());
        }
        return header;
    }

    private static void fill(float[] values, int offset, int length, InputStream in) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);
        int perRead = buffer.capacity() / Float.BYTES;
        for (int from = 0; from < length; from += perRead) {
            int count = Math.min(perRead, length - from);
            int got = in.readNBytes(buffer.array(), 0, count * Float.BYTES);
            if (got < count * Float.BYTES) {
                throw new SnapshotException("safetensors file ends early: " + values.length
                        + " values announced. Received: " + (offset + from + got / Float.BYTES));
            }
            buffer.asFloatBuffer().get(values, offset + from, count);
        }
    }

    private static Map<String, @Nullable Tensor> header(byte[] json) {
        try {
            if (!(JSON.readTree(json) instanceof ObjectNode tree)) throw new IOException("it is no JSON object");
            tree.remove(METADATA);
            return JSON.convertValue(tree, new TypeReference<LinkedHashMap<String, @Nullable Tensor>>() {});
        } catch (IOException | IllegalArgumentException e) { // JSON in a damaged encoding is an IOException
            throw new SnapshotException(
                    "safetensors header is not well-formed: "
                            + new String(json, 0, Math.min(json.length, 200), StandardCharsets.UTF_8),
                    e);
        }
    }

    private static void check(ParameterBlock block, @Nullable Tensor tensor) {
        long begin = (long) block.offset() * Float.BYTES;
        List<Long> offsets = List.of(begin, begin + (long) block.size() * Float.BYTES);
        Tensor expected = new Tensor("F32", block.shape(), offsets);
        if (!expected.equals(tensor)) {
            throw new SnapshotException("tensor " + block.name() + " must be " + expected + ". Received: " + tensor);
        }
    }
}

package dev.millrace.pipeline.produce;

import dev.millrace.schemas.wire.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Advertisements shown, and whether they were clicked, as Avro of a schema of their own: {@value #COUNTS} counts and
 * {@value #CATEGORIES} categories of 4 to a million values each, the k-th about as often as 1/k; some are missing.
 *
 * <p>A hidden teacher gives {@code p = sigmoid(b + sum_i a_i (ln(1 + n_i) - 2) + sum_j e_j(c_j))}, with a weight for each count and
 * an effect for each value of a category, and a click comes with probability p: no model can rank better than by p. The same
 * seed gives the same stream, but for the times.
 */
public final class ImpressionStream implements Messages {
    static final int COUNTS = 13;
    static final int CATEGORIES = 26;
    private static final double FEWEST = 4;
    private static final double MOST = 1e6;
    private static final double MISSING = 0.03;
    private static final double BIAS = -1.5;
    private static final double COUNT_SPREAD = 0.7; // of the counts' part of z
    private static final double CATEGORY_SPREAD = 1.2; // of the categories'

    private final SplittableRandom random;
    private final long seed;
    private final byte[] header;
    private final double[] weights = new double[COUNTS];
    private final double[] logValues = new double[CATEGORIES]; // ln of 1 and how many values a category has
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    private final byte[] name = new byte[8];
    private final long[] counts = new long[COUNTS]; // -1: missing
    private final long[] values = new long[CATEGORIES]; // 0: missing
    private double probability;
    private boolean clicked;

    /** @param schemaId of the schema in the registry; for {@link WireFormat#CONFLUENT} alone */
    public ImpressionStream(long seed, WireFormat wire, int schemaId) {
        this.seed = seed;
        this.header = wire.header(schemaId, schema());
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < COUNTS; i++) weights[i] = uniform(random.nextDouble()) * COUNT_SPREAD / Math.sqrt(COUNTS);
        for (int j = 0; j < CATEGORIES; j++) {
            logValues[j] = Math.log(1 + FEWEST * Math.pow(MOST / FEWEST, j / (CATEGORIES - 1.0)));
        }
    }

    /** The schema of its records. */
    public static Schema schema() {
        try (InputStream in = ImpressionStream.class.getResourceAsStream("impression.avsc")) {
            if (in == null)
                throw new IllegalStateException("impression.avsc is missing beside " + ImpressionStream.class);
            return new Schema.Parser().parse(in);
        } catch (IOException e) {
            throw new IllegalStateException("impression.avsc cannot be read", e);
        }
    }

    @Override
    public byte[] next() throws IOException {
        draw();
        bytes.reset();
        bytes.writeBytes(header);
        encoder.writeLong(System.currentTimeMillis());
        encoder.writeBoolean(clicked);
        for (long count : counts) {
            encoder.writeIndex(count < 0 ? 0 : 1);
            if (count >= 0) encoder.writeLong(count);
        }
        for (int j = 0; j < CATEGORIES; j++) {
            encoder.writeIndex(values[j] == 0 ? 0 : 1);
            if (values[j] > 0) writeName(mix(seed + 31L * j, values[j]));
        }
        encoder.flush();
        return bytes.toByteArray();
    }

    private void draw() {
        double z = BIAS;
        for (int i = 0; i < COUNTS; i++) {
            counts[i] = random.nextDouble() < MISSING ? -1 : (long) Math.expm1(4 * random.nextDouble());
            if (counts[i] >= 0) z += weights[i] * (Math.log1p(counts[i]) - 2);
        }
        for (int j = 0; j < CATEGORIES; j++) {
            boolean missing = random.nextDouble() < MISSING;
            values[j] = missing ? 0 : (long) Math.exp(logValues[j] * random.nextDouble());
            z += effect(j, values[j]);
        }
        probability = 1 / (1 + Math.exp(-z));
        clicked = random.nextDouble() < probability;
    }

    /** What a value of a category adds to z; drawn once and for all, by its number. */
    private double effect(int category, long value) {
        double drawn = (mix(~seed - category, value) >>> 11) * 0x1p-53;
        return uniform(drawn) * CATEGORY_SPREAD / Math.sqrt(CATEGORIES);
    }

    /** Of mean 0 and variance 1. */
    private static double uniform(double drawn) {
        return Math.sqrt(12) * (drawn - 0.5);
    }

    /** Bits that look random (splitmix64's finish). */
    private static long mix(long seed, long value) {
        long z = seed * 0x9E3779B97F4A7C15L + value * 0xD1342543DE82EF95L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private void writeName(long bits) throws IOException {
        for (int i = 0; i < name.length; i++) name[i] = (byte) Character.forDigit((int) (bits >>> (4 * i)) & 15, 16);
        encoder.writeBytes(name); // as a string is written: its length, then UTF-8
    }

    /** How likely the last impression was to be clicked: the best that any model can say. */
    public double probability() {
        return probability;
    }

    /** Whether it was. */
    public boolean clicked() {
        return clicked;
    }
}

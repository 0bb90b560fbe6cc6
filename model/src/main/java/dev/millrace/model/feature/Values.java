package dev.millrace.model.feature;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;

/** What Avro's values mean: as a number, as text, as a time. Chosen once by schema, applied to each record. */
final class Values {
    private Values() {}

    /**
     * As a number: booleans are 0 and 1, dates days and timestamps seconds since 1970, times of day seconds.
     *
     * @throws IllegalArgumentException if values of this type are none
     */
    static ToDoubleFunction<Object> number(FieldReader field) {
        Schema schema = field.schema();
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return value -> decimal(value, decimal.getScale()).doubleValue();
        }
        double unit = 1 / ticksPerSecond(schema);
        return switch (schema.getType()) {
            case INT, LONG -> value -> ((Number) value).longValue() * unit;
            case FLOAT, DOUBLE -> value -> ((Number) value).doubleValue();
            case BOOLEAN -> value -> (Boolean) value ? 1 : 0;
            default -> throw wrongType(field, "a number or a boolean");
        };
    }

    private static double ticksPerSecond(Schema schema) {
        if (schema.getLogicalType() == null) return 1;
        String name = schema.getLogicalType().getName();
        if (name.endsWith("-millis")) return 1e3;
        if (name.endsWith("-micros")) return 1e6;
        return name.endsWith("-nanos") ? 1e9 : 1;
    }

    /**
     * As text: strings and enum symbols as they are, integers and decimals in digits, booleans as true and false.
     *
     * @throws IllegalArgumentException if values of this type have no text that is the same everywhere
     */
    static Function<Object, String> text(FieldReader field) {
        return text(field, field.schema());
    }

    static Function<Object, String> text(FieldReader field, Schema schema) {
        if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return value -> decimal(value, decimal.getScale()).toPlainString();
        }
        return switch (schema.getType()) {
            case STRING, ENUM, INT, LONG, BOOLEAN -> Object::toString;
            default -> throw wrongType(field, "text, an enum, an integer, a decimal or a boolean");
        };
    }

    /**
     * As milliseconds since the epoch: a long as its logical type says, milliseconds without one, or ISO text like
     * {@code 2026-01-31T12:00:00Z}.
     */
    static ToLongFunction<Object> millis(FieldReader field) {
        Schema schema = field.schema();
        String logical = schema.getLogicalType() == null
                ? "timestamp-millis"
                : schema.getLogicalType().getName();
        return switch (schema.getType()) {
            case STRING ->
                value -> {
                    try {
                        return OffsetDateTime.parse(value.toString())
                                .toInstant()
                                .toEpochMilli();
                    } catch (DateTimeException | ArithmeticException e) {
                        throw new IllegalArgumentException("ISO text like 2026-01-31T12:00:00Z", e);
                    }
                };
            case LONG ->
                switch (logical) {
                    case "timestamp-millis" -> value -> (Long) value;
                    case "timestamp-micros" -> value -> Math.floorDiv((Long) value, 1_000L);
                    case "timestamp-nanos" -> value -> Math.floorDiv((Long) value, 1_000_000L);
                    default -> throw wrongType(field, "a timestamp, a long or ISO text");
                };
            default -> throw wrongType(field, "a timestamp, a long or ISO text");
        };
    }

    static IllegalArgumentException wrongType(FieldReader field, String expected) {
        return new IllegalArgumentException(
                field.path() + " must be " + expected + ". Received: " + FieldReader.word(field.schema()));
    }

    /** A view of the value's bytes. */
    static ByteBuffer bytes(Object value) {
        return value instanceof GenericFixed fixed ? ByteBuffer.wrap(fixed.bytes()) : ((ByteBuffer) value).duplicate();
    }

    private static BigDecimal decimal(Object value, int scale) {
        ByteBuffer bytes = bytes(value);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return new BigDecimal(copy.length == 0 ? BigInteger.ZERO : new BigInteger(copy), scale);
    }

    /** A value for messages: one line, not too long. */
    static String shown(Object value) {
        String text = value.toString().replaceAll("\\p{Cntrl}", "?");
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}

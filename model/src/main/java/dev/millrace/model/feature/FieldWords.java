package dev.millrace.model.feature;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** The words of a field: runs of letters and digits; an array of texts is read as the texts one after the other. */
final class FieldWords {
    private final FieldReader reader;
    private final boolean lowerCase;
    private final Missing missing;

    private FieldWords(FieldReader reader, boolean lowerCase, Missing missing) {
        this.reader = reader;
        this.lowerCase = lowerCase;
        this.missing = missing;
    }

    /** @throws IllegalArgumentException if the field is no text */
    static FieldWords of(Function<String, FieldReader> fields, String field, boolean lowerCase, Missing missing) {
        FieldReader reader = fields.apply(field);
        Schema schema = reader.schema();
        Schema item =
                schema.getType() == Schema.Type.ARRAY ? FieldReader.present(field, schema.getElementType()) : schema;
        if (item.getType() != Schema.Type.STRING && item.getType() != Schema.Type.ENUM) {
            throw Values.wrongType(reader, "text or an array of texts");
        }
        return new FieldWords(reader, lowerCase, missing);
    }

    /** In their order; none if a missing text counts as none. */
    List<String> read(GenericRecord record) {
        Object value = reader.read(record);
        if (value == null && missing == Missing.REJECT) throw UnmappableException.missing(reader.path());
        List<String> words = new ArrayList<>();
        if (value instanceof Collection<?> texts) texts.forEach(text -> split(text, words));
        else split(value, words);
        return words;
    }

    private void split(@Nullable Object value, List<String> words) {
        if (value == null) return;
        String text = lowerCase ? value.toString().toLowerCase(Locale.ROOT) : value.toString();
        int from = -1;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            boolean within = Character.isLetterOrDigit(text.codePointAt(i));
            if (within && from < 0) from = i;
            if (!within && from >= 0) {
                words.add(text.substring(from, i));
                from = -1;
            }
        }
        if (from >= 0) words.add(text.substring(from));
    }

    /** How {@code n} words from {@code at} on are called. */
    static String sequence(String field, List<String> words, int at, int n) {
        return field + "=" + (n == 1 ? words.get(at) : String.join(" ", words.subList(at, at + n)));
    }
}

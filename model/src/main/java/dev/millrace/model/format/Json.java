package dev.millrace.model.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.millrace.model.snapshot.SnapshotException;

/** JSON inside of files of other formats, and the one that is written for people. */
final class Json {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Json() {}

    /** On one line. */
    static String text(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists and maps of words and numbers can be written", e);
        }
    }

    /** Indented. */
    static String pretty(Object value) {
        try {
            return JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists and maps of words and numbers can be written", e);
        }
    }

    /** @throws SnapshotException naming what it was to be */
    static JsonNode read(String what, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new SnapshotException(what + " is not well-formed: " + e.getOriginalMessage(), e);
        }
    }
}

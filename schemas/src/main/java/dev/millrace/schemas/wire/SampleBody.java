package dev.millrace.schemas.wire;

/** Decodes the body of a sample written with our own schema, field by field, without an object per value. */
final class SampleBody {
    private SampleBody() {}

    /** @throws MalformedException naming the field that is not as the schema says */
    static void decode(ByteCursor in, DecodedSample into) {
        decodeId(in, into);
        into.eventTime = in.readLong();
        into.weight = in.readFloat();
        into.denseCount = floatCount(in, "dense");
        into.ensureDense(into.denseCount);
        in.readFloats(into.dense, into.denseCount);
        for (int n = in.readBlockCount(1); n > 0; n = in.readBlockCount(1)) {
            into.ensureSparseIndices(into.sparseCount + n);
            for (int i = 0; i < n; i++) into.sparseIndices[into.sparseCount++] = in.readInt();
        }
        int values = floatCount(in, "sparseValues");
        if (values != into.sparseCount) {
            throw new MalformedException("sparseValues must have " + into.sparseCount + " values. Received: " + values);
        }
        into.ensureSparseValues(values);
        in.readFloats(into.sparseValues, values);
        for (int n = in.readBlockCount(1); n > 0; n = in.readBlockCount(1)) {
            into.ensureTokens(into.tokenCount + n);
            for (int i = 0; i < n; i++) into.tokens[into.tokenCount++] = in.readInt();
        }
        for (int n = in.readBlockCount(4); n > 0; n = in.readBlockCount(4)) {
            into.ensureLabels(into.labelCount + n);
            for (int i = 0; i < n; i++) into.labels[into.labelCount++] = in.readFloat();
        }
    }

    private static void decodeId(ByteCursor in, DecodedSample into) {
        long branch = in.readLong();
        if (branch == 0) return;
        if (branch != 1) throw new MalformedException("id must be branch 0 or 1 of its union. Received: " + branch);
        int length = in.readLength();
        into.ensureId(length);
        in.readBytes(into.id, length);
        into.idLength = length;
    }

    private static int floatCount(ByteCursor in, String field) {
        int length = in.readLength();
        if (length % Float.BYTES != 0) {
            throw new MalformedException(field + " must have a multiple of 4 bytes. Received: " + length);
        }
        return length / Float.BYTES;
    }
}

package dev.millrace.pipeline.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that let a client in. Only their SHA-256 is kept; it makes them of equal length, and each is compared to its
 * end, so that the time taken tells nothing of a token.
 */
public final class Tokens {
    /** Shorter ones can be guessed. */
    static final int MIN_LENGTH = 16;

    private static final String SCHEME = "Bearer ";

    private final Path file;
    private volatile List<byte[]> digests;

    private Tokens(Path file) {
        this.file = file;
        this.digests = digests(file);
    }

    /**
     * Reads a file with a token on each line; blank lines and those that begin with # are left out.
     *
     * @throws IllegalArgumentException if it cannot be read, has none, or one that is too short
     */
    public static Tokens read(Path file) {
        return new Tokens(file);
    }

    Path file() {
        return file;
    }

    /** Takes those that the file has by now; throws as {@link #read} does, and then those of before stay. */
    void readAgain() {
        digests = digests(file);
    }

    private static List<byte[]> digests(Path file) {
        List<byte[]> tokens = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String token = line.strip();
                if (token.isEmpty() || token.startsWith("#")) continue;
                if (token.length() < MIN_LENGTH) {
                    throw new IllegalArgumentException("each token of " + file + " must have at least " + MIN_LENGTH
                            + " characters. Received one of " + token.length());
                }
                tokens.add(digest(token));
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("the tokens cannot be read: " + e, e);
        }
        if (tokens.isEmpty())
            throw new IllegalArgumentException(file + " must have a token on some line. Received none");
        return tokens;
    }

    /** @param authorization the header; null for none */
    boolean accept(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) return false;
        byte[] received = digest(authorization.substring(SCHEME.length()).strip());
        boolean known = false;
        for (byte[] digest : digests) known |= MessageDigest.isEqual(digest, received);
        return known;
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}

package dev.millrace.pipeline.config;

import java.util.List;
import java.util.Locale;

/** Which keys hold secrets: their values come by reference only and are never shown. */
public final class SecretKeys {
    static final String HIDDEN = "******";
    private static final List<String> MARKS = List.of(
            "password",
            "passphrase",
            "secret",
            "jaas.config",
            "keystore.key",
            "credential",
            "apikey",
            "api-key",
            "access-key",
            "access.key",
            "account.key",
            "user.info",
            "token");
    private static final List<String> PUBLIC_ENDINGS = List.of(".url", ".uri", ".file", ".class", ".location", ".name");

    private SecretKeys() {}

    public static boolean matches(String key) {
        String lower = key.toLowerCase(Locale.ROOT);
        return MARKS.stream().anyMatch(lower::contains)
                && PUBLIC_ENDINGS.stream().noneMatch(lower::endsWith);
    }
}

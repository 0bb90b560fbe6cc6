package dev.millrace.pipeline.serve;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Key and certificate of the server.
 *
 * @param keyStore with one key
 * @param password of that key
 * @param files that they were read from
 */
public record Tls(KeyStore keyStore, String password, Origin files) {

    /**
     * Where key and certificate lie.
     *
     * @param key of PEM in two files; null otherwise
     * @param password of a PKCS12 store; null for none
     */
    record Origin(Path file, @Nullable Path key, @Nullable String password) {
        List<Path> all() {
            return key == null ? List.of(file) : List.of(file, key);
        }
    }

    /**
     * Reads a PKCS12 key store ({@code .p12}, {@code .pfx}), or certificates and key as PEM.
     *
     * @param key file of the PEM key, where it is not in the same file; null otherwise
     * @param password of a PKCS12 store; null for none
     * @throws IllegalArgumentException saying what cannot be read, never a password
     */
    public static Tls read(Path file, @Nullable Path key, @Nullable String password) {
        String name = file.getFileName().toString();
        boolean pkcs12 = name.endsWith(".p12") || name.endsWith(".pfx");
        try {
            Origin origin = new Origin(file, key, password);
            if (pkcs12) {
                String secret = password == null ? "" : password;
                return new Tls(pkcs12(file, secret), secret, origin);
            }
            KeyStore store = Pem.read(Files.readString(file), Files.readString(key == null ? file : key));
            return new Tls(store, Pem.PASSWORD, origin);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the TLS key and certificate of " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static KeyStore pkcs12(Path file, String password) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, password.toCharArray());
        }
        return store;
    }

    SslContextFactory.Server contextFactory() {
        SslContextFactory.Server factory = new SslContextFactory.Server();
        configure(factory);
        return factory;
    }

    private void configure(SslContextFactory factory) {
        factory.setKeyStore(keyStore);
        factory.setKeyStorePassword(password);
        factory.setKeyManagerPassword(password);
    }

    /** Has connections that come from now on use what the files hold by now. */
    void readAgain(SslContextFactory.Server factory) throws Exception {
        Tls now = read(files.file, files.key, files.password);
        factory.reload(now::configure);
    }
}

package dev.millrace.pipeline.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates of a truststore file, JKS or PKCS12. */
final class Trust {
    private Trust() {}

    /** @throws RegistryException if the file cannot be read with this password */
    static SSLContext of(String file, @Nullable String password) {
        try {
            KeyStore store = KeyStore.getInstance(
                    Path.of(file).toFile(), password == null ? new char[0] : password.toCharArray());
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new RegistryException(
                    "source.schema-registry.truststore.location cannot be read: " + file + ", " + e.getMessage(), e);
        }
    }
}

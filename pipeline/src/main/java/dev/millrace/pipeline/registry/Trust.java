package dev.millrace.pipeline.registry;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Certificates of a truststore file, JKS or PKCS12. */
final class Trust {
    private Trust() {}

    /** @throws RegistryException if the file cannot be read with this password */
    static SSLContext of(String file, @Nullable String password) {
        try {
            // Without a password a file is read unchecked; an empty one would be a wrong one.
            char @Nullable [] unlock = password == null ? null : password.toCharArray();
            KeyStore store = KeyStore.getInstance(Path.of(file).toFile(), unlock);
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

    /** What is wrong with the server's certificate, if that is why a connection failed; else null. */
    static @Nullable String distrust(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) return cause.getMessage();
        }
        return null;
    }
}

package dev.millrace.pipeline.serve;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where and for whom the server listens.
 *
 * @param host name or address to listen at
 * @param port 0 for any that is free
 * @param tls null for plain HTTP
 * @param tokens null where clients need none
 */
public record ServerSettings(
        String host, int port, @Nullable Tls tls, @Nullable Tokens tokens, Limits limits) {

    public ServerSettings {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("--port must be in 0..65535. Received: " + port);
        }
    }

    /**
     * Refuses to be reached from other machines by whoever finds the port.
     *
     * @param insecure whether that is meant
     * @throws IllegalArgumentException if the address is not this machine's own and TLS or tokens lack
     */
    public void checkExposure(boolean insecure) {
        if (insecure || (tls != null && tokens != null) || address().isLoopbackAddress()) return;
        throw new IllegalArgumentException("--host " + host + " is reached from other machines, which takes --tls and"
                + " --tokens. Received: " + (tls == null ? "no TLS" : "TLS") + ", "
                + (tokens == null ? "no tokens" : "tokens")
                + ". Say --insecure if something in front of the server sees to both.");
    }

    private InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "--host must be a name or address of this machine. Received: " + host, e);
        }
    }
}

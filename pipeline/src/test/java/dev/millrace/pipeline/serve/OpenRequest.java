package dev.millrace.pipeline.serve;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;

/** A prediction whose body is sent half: the server is at work on it until the rest comes. */
final class OpenRequest implements AutoCloseable {
    private static final String BODY = "{\"instances\": [[1], [2]]}";

    private final Socket socket;
    private final int half = BODY.length() / 2;

    OpenRequest(URI server) throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(30_000);
        send("POST /models/shift/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Connection: close\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY.substring(0, half));
    }

    private void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(US_ASCII));
        socket.getOutputStream().flush();
    }

    /** Sends the rest. */
    OpenRequest finish() throws IOException {
        send(BODY.substring(half));
        return this;
    }

    /** All of it, once it is there. */
    String answer() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

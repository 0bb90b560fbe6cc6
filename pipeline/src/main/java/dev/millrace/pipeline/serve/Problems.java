package dev.millrace.pipeline.serve;

import dev.millrace.pipeline.publish.OneLine;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every error as {@code application/problem+json} (RFC 9457): title, status and detail. A fault of the server itself gives
 * the client a number to ask for and the log the rest.
 */
final class Problems extends ErrorHandler {
    static final String CONTENT_TYPE = "application/problem+json";

    /** Seconds after which a request that was one too many may come again. */
    private static final String RETRY_AFTER = "1";

    private static final int MAX_DETAIL = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final AtomicLong faults = new AtomicLong();

    /** Writes the answer to a request that failed on the way. */
    void write(Request request, Response response, Callback callback, Throwable failure) {
        HttpException refused = httpException(failure);
        if (failure instanceof ProblemException problem) {
            write(request, response, callback, problem.status(), String.valueOf(problem.getMessage()));
        } else if (refused != null) {
            write(request, response, callback, refused.getCode(), reasonOf(refused));
        } else if (failure instanceof EofException) {
            callback.failed(failure); // nobody is there to be told
        } else {
            long number = faults.incrementAndGet();
            LOG.error(
                    "fault {} in {} {}",
                    number,
                    request.getMethod(),
                    OneLine.of(request.getHttpURI().getPath(), MAX_DETAIL),
                    failure);
            write(request, response, callback, 500, "The server failed; its log says more under fault " + number + ".");
        }
    }

    /** A body that is too large is noticed while it is read, and wrapped by whoever read it. */
    private static @Nullable HttpException httpException(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException http) return http;
        }
        return null;
    }

    private static String reasonOf(HttpException failure) {
        String reason = failure.getReason();
        return reason == null ? HttpStatus.getMessage(failure.getCode()) : reason;
    }

    private static void write(Request request, Response response, Callback callback, int status, String detail) {
        if (response.isCommitted()) {
            callback.failed(new IllegalStateException(detail));
            return;
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503 || status == HttpStatus.TOO_MANY_REQUESTS_429) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_AFTER);
        }
        // What is left of a body that nobody reads ends the connection, unless it has come already.
        if (!request.consumeAvailable()) response.getHeaders().put(HttpHeader.CONNECTION, "close");
        response.write(true, ByteBuffer.wrap(body(status, detail)), callback);
    }

    private static byte[] body(int status, String detail) {
        return Json.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("title", HttpStatus.getMessage(status));
            json.writeNumberField("status", status);
            json.writeStringField("detail", OneLine.of(detail, MAX_DETAIL));
            json.writeEndObject();
        });
    }

    /** What Jetty itself refuses, and what nobody caught. */
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object failure = request.getAttribute(ERROR_EXCEPTION);
        Object status = request.getAttribute(ERROR_STATUS);
        Object message = request.getAttribute(ERROR_MESSAGE);
        if (status instanceof Integer code && code == HttpStatus.NOT_MODIFIED_304) { // no error, though Jetty says so
            response.setStatus(code);
            response.write(true, BufferUtil.EMPTY_BUFFER, callback);
            return true;
        }
        if (failure instanceof Throwable thrown && httpException(thrown) == null) {
            write(request, response, callback, thrown);
        } else {
            int code = status instanceof Integer number ? number : HttpStatus.INTERNAL_SERVER_ERROR_500;
            write(request, response, callback, code, detail(code, message));
        }
        return true;
    }

    private static String detail(int code, @Nullable Object message) {
        return switch (code) {
            case HttpStatus.SERVICE_UNAVAILABLE_503 ->
                "The server has as many requests as it takes at a time, or is stopping.";
            case HttpStatus.TOO_MANY_REQUESTS_429 ->
                "This client has sent more requests than the server takes from one.";
            default -> message == null ? HttpStatus.getMessage(code) : message.toString();
        };
    }
}

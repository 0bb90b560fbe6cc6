package dev.millrace.pipeline.serve;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.content.HttpContent;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ResourceService;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer.
 *
 * @param variables of the route's template
 * @param resources answers conditional requests and ranges
 */
record Exchange(
        Request request,
        Response response,
        Callback callback,
        Map<String, String> variables,
        ResourceService resources) {

    /** A variable of the path. */
    String variable(String name) {
        String value = variables.get(name);
        if (value == null) throw new IllegalStateException("the route has no variable " + name);
        return value;
    }

    /** A parameter of the query; null if it is not there. */
    @Nullable
    String parameter(String name) {
        Fields.Field field = Request.extractQueryParameters(request).get(name);
        return field == null ? null : field.getValue();
    }

    /** A header; null if it is not there. */
    @Nullable
    String header(HttpHeader name) {
        return request.getHeaders().get(name);
    }

    /** The body, whose limit is watched while it is read. */
    InputStream body() {
        return Content.Source.asInputStream(request);
    }

    /** Answers with a body that nobody keeps. */
    void send(int status, String contentType, byte[] body) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /** Answers with content that clients keep: as a whole, in ranges, or not at all if they have it. */
    void send(HttpContent content, String cacheControl) {
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, cacheControl);
        resources.doGet(request, response, callback, content);
    }
}

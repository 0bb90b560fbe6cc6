package dev.millrace.pipeline.serve;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/** Answers are data: no browser shall run, frame, guess or keep anything of them. */
final class SecurityHeaders implements HttpConfiguration.Customizer {

    @Override
    public Request customize(Request request, HttpFields.Mutable headers) {
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.put("Referrer-Policy", "no-referrer");
        if (request.isSecure()) headers.put("Strict-Transport-Security", "max-age=31536000");
        return request;
    }
}

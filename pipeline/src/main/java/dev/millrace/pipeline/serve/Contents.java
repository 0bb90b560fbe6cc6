package dev.millrace.pipeline.serve;

import java.net.URI;
import java.nio.file.Path;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.content.HttpContent;
import org.eclipse.jetty.http.content.ResourceHttpContent;
import org.eclipse.jetty.util.resource.MemoryResource;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.jspecify.annotations.Nullable;

/** Content that clients keep, under a tag that changes with it. */
final class Contents {
    static final String JSON = "application/json";

    private Contents() {}

    /** @param tag without quotes */
    static HttpContent json(byte[] bytes, String tag) {
        return tagged(new MemoryResource(URI.create("memory:/" + tag), bytes), JSON, tag);
    }

    /** @param tag without quotes */
    static HttpContent file(Path file, String tag) {
        return tagged(ResourceFactory.root().newResource(file), "application/octet-stream", tag);
    }

    private static HttpContent tagged(Resource resource, String type, String tag) {
        HttpField etag = new HttpField(HttpHeader.ETAG, '"' + tag + '"');
        return new HttpContent.Wrapper(new ResourceHttpContent(resource, type)) {
            @Override
            public HttpField getETag() {
                return etag;
            }

            /** An alias that goes back is no older for it: the tag alone decides. */
            @Override
            public @Nullable HttpField getLastModified() {
                return null;
            }
        };
    }
}

package dev.millrace.pipeline.serve;

import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ResourceService;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request, checks the token where one is needed, and lets the endpoint answer. */
final class Router extends Handler.Abstract {
    /** The route that a request was answered by, for metrics. */
    static final String ROUTE = Router.class.getName();

    private final PathMappings<Route> routes = new PathMappings<>();
    private final @Nullable Tokens tokens;
    private final Problems problems;
    private final ResourceService resources = new ResourceService();

    /**
     * Of routes with templates that differ.
     *
     * @param tokens null where nobody needs one
     */
    Router(List<Route> routes, @Nullable Tokens tokens, Problems problems) {
        for (Route route : routes) this.routes.put(new UriTemplatePathSpec(route.path()), route);
        this.tokens = tokens;
        this.problems = problems;
        resources.setAcceptRanges(true);
        resources.setEtags(true);
        resources.setDirAllowed(false);
        addBean(resources);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            answer(request, response, callback);
        } catch (Exception e) {
            problems.write(request, response, callback, e);
        }
        return true;
    }

    private void answer(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        MatchedResource<Route> match = routes.getMatched(path);
        Route route = match == null ? null : match.getResource();
        if (route != null) request.setAttribute(ROUTE, route);
        if (tokens != null && (route == null || !route.open())) authorize(tokens, request, response);
        if (match == null || route == null) {
            throw ProblemException.notFound("There is nothing at " + path + "; /openapi.yaml says what there is.");
        }
        if (!route.takes(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, route.method().equals("GET") ? "GET, HEAD" : route.method());
            throw new ProblemException(
                    405, path + " must be asked with " + route.method() + ". Received: " + request.getMethod());
        }
        Map<String, String> variables = ((UriTemplatePathSpec) match.getPathSpec()).getPathParams(path);
        route.endpoint().answer(new Exchange(request, response, callback, variables, resources));
    }

    private static void authorize(Tokens tokens, Request request, Response response) {
        if (tokens.accept(request.getHeaders().get(HttpHeader.AUTHORIZATION))) return;
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"millrace\"");
        throw new ProblemException(401, "The request must have a header Authorization: Bearer with a known token.");
    }
}

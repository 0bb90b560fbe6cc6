package dev.millrace.pipeline.serve;

/**
 * What the server answers.
 *
 * @param method GET, which answers HEAD too, or POST
 * @param path a template: {@code /models/{model}/versions}
 * @param open whether it needs no token
 */
record Route(String method, String path, boolean open, Endpoint endpoint) {

    static Route get(String path, Endpoint endpoint) {
        return new Route("GET", path, false, endpoint);
    }

    static Route post(String path, Endpoint endpoint) {
        return new Route("POST", path, false, endpoint);
    }

    /** The same for whoever asks. */
    Route withoutToken() {
        return new Route(method, path, true, endpoint);
    }

    boolean takes(String requested) {
        return requested.equals(method) || (requested.equals("HEAD") && method.equals("GET"));
    }
}

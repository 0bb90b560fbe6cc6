package dev.millrace.pipeline.serve;

/** What answers the requests of one route. */
@FunctionalInterface
interface Endpoint {

    /**
     * Answers, or throws what the client is told instead.
     *
     * @throws ProblemException if the request cannot be answered as asked
     */
    void answer(Exchange exchange) throws Exception;
}

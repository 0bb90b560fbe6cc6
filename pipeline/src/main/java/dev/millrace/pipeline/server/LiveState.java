package dev.millrace.pipeline.server;

import java.util.Map;

/**
 * The parameters of a moment, which no checkpoint covers.
 *
 * @param modelJson the model
 * @param created milliseconds since the epoch
 * @param parameters in the layout of the model; lent until the outlet is idle again
 */
public record LiveState(
        String modelJson, long version, long created, float[] parameters, Map<String, String> provenance) {}

package dev.millrace.pipeline.config;

import java.util.function.Predicate;

/**
 * What an option's value must satisfy beyond its type.
 *
 * @param text reads after "must be", in messages and in the reference table
 */
record Constraint<T>(String text, Predicate<? super T> holds) {}

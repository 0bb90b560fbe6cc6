package dev.millrace.schemas.wire;

/**
 * Why a record was refused.
 *
 * @param reason stable code
 * @param detail what was expected and what was received
 */
public record Rejection(RejectionReason reason, String detail) {}

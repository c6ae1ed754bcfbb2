package dev.berth.schemas.status;

import org.jspecify.annotations.Nullable;

/**
 * A commit of the config repo that something was done for.
 *
 * @param revision {@code main@sha1:<40 hex>}; empty when not known
 * @param author {@code Name <mail>} as the commit has it; {@code null} when not known
 */
public record Commit(String revision, @Nullable String author) {}

package dev.berth.reconciler.forge;

/**
 * How the list of a repo's open pull requests stood.
 *
 * @param etag as RFC 9110 section 8.8.3 has it; means nothing but to who gave it
 */
public record Mark(String etag) {}

package dev.berth.reconciler.build.detect;

import dev.berth.reconciler.build.recognise.Confidence;

/**
 * One way to build a directory.
 *
 * @param family which family took it for its own; {@code dockerfile} for the author's
 * @param recipe what it is, for people
 * @param reason what speaks for it, for people
 */
public record Candidate(
        String family, String recipe, Confidence confidence, String reason, Plan plan) {}

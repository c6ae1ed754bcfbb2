package dev.berth.reconciler.build.blueprint;

import org.jspecify.annotations.Nullable;

/**
 * How one program is built and started.
 *
 * @param recipe what it is, for people: {@code Next.js (standalone)}
 * @param context the directory of the repo that the build sees, {@code .} or relative
 * @param packageManager what installs dependencies, with version, for people; {@code null} =
 *     nothing
 * @param build {@code null} = nothing is built, files are taken as they are
 * @param output what comes out
 */
public record Blueprint(
        String recipe,
        String context,
        @Nullable String packageManager,
        @Nullable BuildStage build,
        Output output) {}

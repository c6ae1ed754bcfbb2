package dev.berth.reconciler.build.blueprint;

import java.util.List;

/**
 * Where the program is made. What is here stays here, but for what {@link Output} takes.
 *
 * @param image base image
 * @param workdir absolute directory that the context is copied to, and that steps run in
 * @param install steps that change only when dependencies do, so that they come first
 * @param compile steps after that, on all files
 */
public record BuildStage(String image, String workdir, List<Step> install, List<Step> compile) {
    public BuildStage {
        install = List.copyOf(install);
        compile = List.copyOf(compile);
    }
}

package dev.berth.reconciler.build.dockerfile;

import dev.berth.reconciler.build.recognise.BuildVariables;

/**
 * For whom a Dockerfile is written.
 *
 * @param app its name; what is kept from build to build is kept under it
 * @param variables what the author gives to the build, by name
 */
public record Target(String app, BuildVariables variables) {}

package dev.berth.reconciler.webhook;

import dev.berth.reconciler.source.RepoUrl;

/**
 * Somebody says that a repo changed. Nothing follows from it but that this is the time to look.
 *
 * @param repo as config names it
 * @param config whether it is the config repo
 */
public record RepoHint(RepoUrl repo, boolean config) {}

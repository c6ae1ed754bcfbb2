/**
 * The newest commit as a readable tree. Remote repos are read with JGit into bare repos without
 * history, one per repo and branch, each owned by one process; nothing is checked out and nothing
 * of the machine's or user's own Git and ssh settings is used. The only package that knows JGit.
 */
@NullMarked
package dev.berth.reconciler.source;

import org.jspecify.annotations.NullMarked;

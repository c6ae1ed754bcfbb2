/**
 * The pass: Git commit, desired state, live state, plan, changes, status. The packages below it are
 * the data's way, one job each. No servlet, no HTTP server, no framework annotation may enter.
 */
@NullMarked
package dev.berth.reconciler;

import org.jspecify.annotations.NullMarked;

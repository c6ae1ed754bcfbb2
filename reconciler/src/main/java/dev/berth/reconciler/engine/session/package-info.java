/**
 * The session of a build, in which BuildKit asks us for what a build may have: it is the client of
 * gRPC calls that come over a connection which we opened. The only package of the reconciler that
 * knows HTTP/2.
 */
@NullMarked
package dev.berth.reconciler.engine.session;

import org.jspecify.annotations.NullMarked;

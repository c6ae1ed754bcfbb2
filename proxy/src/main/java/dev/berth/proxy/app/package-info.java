/** What the edge keeps of each app beside its routes, shared by all event loops. */
@NullMarked
package dev.berth.proxy.app;

import org.jspecify.annotations.NullMarked;

/** How servers elsewhere are asked, whatever for. Depends on nothing. */
@NullMarked
package dev.berth.reconciler.http;

import org.jspecify.annotations.NullMarked;

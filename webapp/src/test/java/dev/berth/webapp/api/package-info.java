/** The JSON API, asked without a server. */
@NullMarked
package dev.berth.webapp.api;

import org.jspecify.annotations.NullMarked;
